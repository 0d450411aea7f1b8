"""Void a draw, for a published reason; it can never be run again.

Voiding a confirmed draw reverses its reserves as well, in ``points``: ``points.reserving`` declares
the approvable action, calls the functions of this module, and refuses a draw whose payout is
approved.
"""

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaign.models import Campaign
from core import approvals
from core.audit import Actor
from core.models import Approval, User
from entries.participation import release_courses
from lottery.models import Draw
from lottery.queries import find_subject, lock_draw, lock_subject, subject_of
from lottery.refusals import DrawEnded, NotVoidable, UnfitReason

VOID = "draw.void"
PERMISSION = "lottery.request_void"
MAX_REASON_LENGTH = 500  # characters


@transaction.atomic
def request_void(*, draw: Draw, reason: str, actor: Actor, at: datetime) -> Approval:
    """Request that a draw become void; the reason is approved with it, and then published.

    Raises:
        UnfitReason: the reason is empty, too long, or not one printable line.
        DrawEnded: it is void already.
        NotVoidable: its round has come and it has not been run.
        NotPermitted: the person may not request it.
    """
    locked = lock_draw(draw)
    require_voidable(locked, at)
    locked.proposed_reason = read_reason(reason)
    locked.save(update_fields=["proposed_reason"])
    return approvals.request(action=VOID, subject=subject_of(locked), actor=actor, at=at)


def read_reason(reason: str) -> str:
    """Return a reason as it will be published.

    Raises:
        UnfitReason: it is empty, too long, or not one printable line.
    """
    text = reason.strip()
    if not (0 < len(text) <= MAX_REASON_LENGTH and text.isprintable()):
        raise UnfitReason(
            _("The reason is one line of at most %(most)s characters; it will be published.")
            % {"most": MAX_REASON_LENGTH}
        )
    return text


def content_to_void(subject: str) -> dict[str, Any]:
    """Return what is given up, and why, to read and to hash.

    Raises:
        DrawEnded: it is void already.
    """
    draw = find_subject(subject)
    if draw.state == Draw.State.VOID:
        raise already_void()
    return {
        "campaign": draw.campaign.code,
        "sequence": draw.sequence,
        "state": draw.state,
        "manifest_sha256": bytes(draw.manifest_sha256).hex(),
        "result_sha256": hashlib.sha256(bytes(draw.result)).hexdigest() if draw.result else None,
        "reason": draw.proposed_reason,
    }


def already_void() -> DrawEnded:
    """Return the refusal for a draw that is void already."""
    return DrawEnded(_("This draw is void already."))


def require_voidable(draw: Draw, at: datetime) -> None:
    """Refuse to void a draw between its round and its result.

    Its outcome can be computed then, so one could void what one does not like.

    Raises:
        DrawEnded: it is void already.
        NotVoidable: its round has come and it has not been run.
    """
    if draw.state == Draw.State.VOID:
        raise already_void()
    if draw.drawn_at is None and at >= draw.round_time:
        raise NotVoidable(
            _(
                "The round of this draw has come: run it first; its result is published with the "
                "void."
            )
        )


def void_approved(approval: Approval) -> Draw:
    """Void a draw in the transaction that approves it; return the draw, locked."""
    if approval.decided_at is None or approval.decided_by is None:
        raise TypeError("This approval is not decided.")
    draw = lock_subject(approval.subject)
    return void_draw(
        draw,
        reason=approval.content["reason"],
        by=approval.decided_by,
        at=approval.decided_at,
    )


def void_draw(draw: Draw, *, reason: str, by: User, at: datetime) -> Draw:
    """Void a draw that the caller has locked, and unfreeze the campaign's entries.

    Raises:
        DrawEnded: it is void already.
        NotVoidable: its round has come and it has not been run.
    """
    require_voidable(draw, at)
    draw.state, draw.voided_at, draw.voided_by = Draw.State.VOID, at, by
    draw.void_reason = reason
    draw.save(update_fields=["state", "voided_at", "voided_by", "void_reason"])
    Campaign.objects.filter(pk=draw.campaign_id).update(entries_frozen_at=None)
    release_courses(draw.campaign)
    return draw
