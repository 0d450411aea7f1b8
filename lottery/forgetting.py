"""Erase the keys of a draw: then nobody can tell any more whose a pseudonym was without the list.

The list itself keeps pid and nonce, so that receipts still work.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import approvals
from core.audit import Actor
from core.models import Approval
from lottery import documents
from lottery.models import Draw
from lottery.queries import (
    find_subject,
    hold_draw,
    hold_subject,
    lock_draw_for_approval,
    subject_of,
)
from lottery.refusals import KeysNeeded

FORGET = "draw.forget"
PERMISSION = "lottery.request_forgetting"
_guards: list[Callable[[Draw], None]] = []


def register_guard(guard: Callable[[Draw], None]) -> None:
    """Have an app above refuse while it still needs the keys (called as the apps get ready)."""
    _guards.append(guard)


@transaction.atomic
def request_forgetting(*, draw: Draw, actor: Actor, at: datetime) -> Approval | None:
    """Ask for the keys of a draw to be erased; None where they are already.

    Raises:
        KeysNeeded: the draw is neither confirmed nor void, or an app above needs the keys.
        NotPermitted: the person may not ask for it.
    """
    held = hold_draw(draw)
    if held.forgotten_at:
        return None
    return approvals.request(action=FORGET, subject=subject_of(held), actor=actor, at=at)


def content_to_forget(subject: str) -> dict[str, Any]:
    """Return which keys are erased, to read and to hash.

    Raises:
        KeysNeeded: the draw is neither confirmed nor void, or the keys are erased already, or an
            app above needs them.
    """
    draw = find_subject(subject)
    if draw.state not in (Draw.State.CONFIRMED, Draw.State.VOID) or draw.forgotten_at:
        raise KeysNeeded(_("Keys are erased once, and only of a draw that is confirmed or void."))
    for guard in _guards:
        guard(draw)
    return {
        "campaign": draw.campaign.code,
        "sequence": draw.sequence,
        "manifest_sha256": bytes(draw.manifest_sha256).hex(),
        "pid_key_sha256": documents.read_json(bytes(draw.manifest))["pid_key_sha256"],
    }


@approvals.action(
    FORGET, permission=PERMISSION, lock=lock_draw_for_approval, content=content_to_forget
)
def forget_keys(approval: Approval) -> None:
    """Erase the keys as approved (called by the approval, in its transaction)."""
    draw = hold_subject(approval.subject)
    draw.pid_key = draw.nonce_key = None
    draw.forgotten_at, draw.forgotten_by = approval.decided_at, approval.decided_by
    draw.save(update_fields=["pid_key", "nonce_key", "forgotten_at", "forgotten_by"])
