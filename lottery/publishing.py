"""Publish a frozen draw: from here on its manifest binds, and only the round decides."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import approvals
from core.audit import Actor
from core.clock import JAPAN
from core.models import Approval
from lottery.models import Draw
from lottery.queries import (
    find_subject,
    hold_draw,
    hold_subject,
    lock_draw_for_approval,
    subject_of,
)
from lottery.refusals import DrawEnded, PublishedTooLate

PUBLISH = "draw.publish"
PERMISSION = "lottery.request_publication"


@transaction.atomic
def request_publication(*, draw: Draw, actor: Actor, at: datetime) -> Approval | None:
    """Ask for a draw to be published; None where it is already.

    Raises:
        PublishedTooLate: the instant to publish by has passed.
        DrawEnded: the draw is void.
        NotPermitted: the person may not ask for it.
    """
    held = hold_draw(draw)
    if held.published_at and held.state != Draw.State.VOID:
        return None
    refuse_late(held, at)
    return approvals.request(action=PUBLISH, subject=subject_of(held), actor=actor, at=at)


def content_to_publish(subject: str) -> dict[str, Any]:
    """Return what publishing fixes, to read and to hash.

    Raises:
        DrawEnded: the draw is void, or published already.
    """
    draw = find_subject(subject)
    if draw.state != Draw.State.FROZEN:
        raise DrawEnded(_("Only a draw that is frozen and no more can be published."))
    return {
        "campaign": draw.campaign.code,
        "sequence": draw.sequence,
        "manifest_sha256": bytes(draw.manifest_sha256).hex(),
        "entry_count": draw.entry_count,
        "chain": draw.chain,
        "round": draw.round,
        "round_time": draw.round_time.astimezone(JAPAN).isoformat(),
        "publish_by": draw.publish_by.astimezone(JAPAN).isoformat(),
    }


@approvals.action(
    PUBLISH, permission=PERMISSION, lock=lock_draw_for_approval, content=content_to_publish
)
def publish_draw(approval: Approval) -> None:
    """Publish what was approved (called by the approval, in its transaction).

    Raises:
        PublishedTooLate: the instant to publish by passed before it was approved.
    """
    draw = hold_subject(approval.subject)
    at, by = approval.decided_at, approval.decided_by
    if at is None or by is None:
        raise TypeError("What was not decided is not carried out.")
    refuse_late(draw, at)
    draw.state, draw.published_at, draw.published_by = Draw.State.PUBLISHED, at, by
    draw.save(update_fields=["state", "published_at", "published_by"])


def refuse_late(draw: Draw, at: datetime) -> None:
    """Refuse to publish when the round is too near: who knows it could choose what to publish.

    Raises:
        PublishedTooLate: the instant to publish by has passed.
    """
    if at > draw.publish_by:
        raise PublishedTooLate(
            _("The draw had to be published by %(instant)s; void it and freeze for a later round.")
            % {"instant": draw.publish_by.astimezone(JAPAN).isoformat()}
        )
