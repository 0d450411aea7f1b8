"""Erase the keys of a draw: pseudonyms can no longer be computed from WESTER IDs.

The stored list still has pid and nonce of each entrant, so that receipts work.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core import approvals
from core.audit import Actor
from core.models import Approval
from lottery import documents
from lottery.models import Draw
from lottery.queries import (
    find_subject,
    lock_draw,
    lock_draw_for_approval,
    lock_subject,
    subject_of,
)
from lottery.refusals import KeysNeeded

FORGET = "draw.forget"
PERMISSION = "lottery.request_forgetting"
_erasure_checks: list[Callable[[Draw], None]] = []


def register_erasure_check(check: Callable[[Draw], None]) -> None:
    """Register a higher app's check; it raises KeysNeeded while the keys are needed."""
    _erasure_checks.append(check)


@transaction.atomic
def request_forgetting(*, draw: Draw, actor: Actor, at: datetime) -> Approval | None:
    """Request the erasure of a draw's keys; return None where they are erased already.

    Raises:
        KeysNeeded: the draw is neither confirmed nor void, or a higher app needs the keys.
        NotPermitted: the person may not request it.
    """
    locked = lock_draw(draw)
    if locked.forgotten_at:
        return None
    return approvals.request(action=FORGET, subject=subject_of(locked), actor=actor, at=at)


def content_to_forget(subject: str) -> dict[str, Any]:
    """Return which keys are erased, to read and to hash.

    Raises:
        KeysNeeded: the draw is neither confirmed nor void, the keys are erased already, or a
            higher app needs them.
    """
    draw = find_subject(subject)
    if draw.state not in (Draw.State.CONFIRMED, Draw.State.VOID) or draw.forgotten_at:
        raise KeysNeeded(_("Keys are erased once, and only of a draw that is confirmed or void."))
    for check in _erasure_checks:
        check(draw)
    return {
        "campaign": draw.campaign.code,
        "sequence": draw.sequence,
        "manifest_sha256": bytes(draw.manifest_sha256).hex(),
        "pid_key_sha256": documents.read_json(bytes(draw.manifest))["pid_key_sha256"],
    }


@approvals.action(
    FORGET,
    name=pgettext_lazy("approval", "Erasure of a draw's keys"),
    permission=PERMISSION,
    lock=lock_draw_for_approval,
    content=content_to_forget,
)
def forget_keys(approval: Approval) -> None:
    """Erase the keys as approved (called by the approval, in its transaction)."""
    draw = lock_subject(approval.subject)
    draw.pid_key = draw.nonce_key = None
    draw.forgotten_at, draw.forgotten_by = approval.decided_at, approval.decided_by
    draw.save(update_fields=["pid_key", "nonce_key", "forgotten_at", "forgotten_by"])
