"""Confirm the result of a draw: it becomes public, and its awards are owed.

A second person approves. ``points.reserving.confirm_and_reserve`` carries the approval out: it
calls ``confirm_approved`` here and reserves the points of every award in the same transaction.
"""

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import approvals
from core.audit import Actor
from core.models import Approval, User
from lottery.models import Draw
from lottery.queries import find_subject, lock_draw, lock_subject, subject_of
from lottery.refusals import DrawEnded, NotDrawn, NotPublishedYet

CONFIRM = "draw.confirm"
PERMISSION = "lottery.request_confirmation"


@transaction.atomic
def request_confirmation(*, draw: Draw, actor: Actor, at: datetime) -> Approval | None:
    """Request the confirmation of a result; return None where it is confirmed already.

    Raises:
        NotDrawn, NotPublishedYet, DrawEnded: there is no result to confirm.
        NotPermitted: the person may not request it.
    """
    locked = lock_draw(draw)
    if locked.state == Draw.State.CONFIRMED:
        return None
    return approvals.request(action=CONFIRM, subject=subject_of(locked), actor=actor, at=at)


def content_to_confirm(subject: str) -> dict[str, Any]:
    """Return what confirming fixes, to read and to hash.

    Raises:
        NotDrawn: the draw has not been run.
        NotPublishedYet: it was never published, and was run only to become void.
        DrawEnded: it is void, or confirmed already.
    """
    draw = find_subject(subject)
    require_confirmable(draw)
    return {
        "campaign": draw.campaign.code,
        "sequence": draw.sequence,
        "manifest_sha256": bytes(draw.manifest_sha256).hex(),
        "result_sha256": hashlib.sha256(bytes(draw.result or b"")).hexdigest(),
        "winners": draw.winners,
        "total_points": draw.total_points,
        "leftover_points": draw.leftover_points,
    }


def require_confirmable(draw: Draw) -> None:
    """Check that a draw was published and run, and is neither confirmed nor void.

    Raises:
        NotDrawn, NotPublishedYet, DrawEnded: as for ``content_to_confirm``.
    """
    if draw.state in (Draw.State.CONFIRMED, Draw.State.VOID):
        raise DrawEnded(_("This draw is void, or confirmed already."))
    if draw.state != Draw.State.DRAWN:
        raise NotDrawn(_("This draw has not been run yet."))
    if draw.published_at is None:
        raise NotPublishedYet(_("This draw was never published; it can only be void."))


def confirm_approved(approval: Approval) -> Draw:
    """Confirm a draw in the transaction that approves it; return the draw, locked."""
    if approval.decided_at is None or approval.decided_by is None:
        raise TypeError("This approval is not decided.")
    draw = lock_subject(approval.subject)
    return confirm_draw(draw, by=approval.decided_by, at=approval.decided_at)


def confirm_draw(draw: Draw, *, by: User, at: datetime) -> Draw:
    """Confirm the result of a draw that the caller has locked.

    Raises:
        NotDrawn, NotPublishedYet, DrawEnded: there is no result to confirm.
    """
    require_confirmable(draw)
    draw.state, draw.confirmed_at, draw.confirmed_by = Draw.State.CONFIRMED, at, by
    draw.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    return draw
