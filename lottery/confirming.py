"""Confirm the result of a draw: from here on it is public, and its awards are owed.

Confirming reserves the awards as well, in ``points``: ``points.reserving`` declares the approvable
action and calls the functions of this module.
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
from lottery.queries import find_subject, hold_draw, hold_subject, subject_of
from lottery.refusals import DrawEnded, NotDrawn, NotPublishedYet

CONFIRM = "draw.confirm"
PERMISSION = "lottery.request_confirmation"


@transaction.atomic
def request_confirmation(*, draw: Draw, actor: Actor, at: datetime) -> Approval | None:
    """Ask for a result to be confirmed; None where it is already.

    Raises:
        NotDrawn, NotPublishedYet, DrawEnded: there is no result that could be confirmed.
        NotPermitted: the person may not ask for it.
    """
    held = hold_draw(draw)
    if held.state == Draw.State.CONFIRMED:
        return None
    return approvals.request(action=CONFIRM, subject=subject_of(held), actor=actor, at=at)


def content_to_confirm(subject: str) -> dict[str, Any]:
    """Return what confirming fixes, to read and to hash.

    Raises:
        NotDrawn: the draw has not been run.
        NotPublishedYet: it was never published, and was run only to be void.
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
    """Refuse to confirm what is not a published draw's fresh result."""
    if draw.state in (Draw.State.CONFIRMED, Draw.State.VOID):
        raise DrawEnded(_("This draw is void, or confirmed already."))
    if draw.state != Draw.State.DRAWN:
        raise NotDrawn(_("This draw has not been run yet; use: draw run."))
    if draw.published_at is None:
        raise NotPublishedYet(_("This draw was never published; it can only be void."))


def confirm_approved(approval: Approval) -> Draw:
    """Confirm what was approved, in the approving transaction; return the draw, still held."""
    if approval.decided_at is None or approval.decided_by is None:
        raise TypeError("What was not decided is not carried out.")
    draw = hold_subject(approval.subject)
    return confirm_draw(draw, by=approval.decided_by, at=approval.decided_at)


def confirm_draw(draw: Draw, *, by: User, at: datetime) -> Draw:
    """Confirm the result of a draw that the caller holds.

    Raises:
        NotDrawn, NotPublishedYet, DrawEnded: there is no result that could be confirmed.
    """
    require_confirmable(draw)
    draw.state, draw.confirmed_at, draw.confirmed_by = Draw.State.CONFIRMED, at, by
    draw.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    return draw
