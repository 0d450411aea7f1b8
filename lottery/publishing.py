"""Publish a frozen draw: after that, only the round decides the result."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core import approvals
from core.audit import Actor
from core.clock import JAPAN
from core.models import Approval
from lottery.models import Draw
from lottery.queries import (
    find_subject,
    lock_draw,
    lock_draw_for_approval,
    lock_subject,
    subject_of,
)
from lottery.refusals import DrawEnded, PublishedTooLate

PUBLISH = "draw.publish"
PERMISSION = "lottery.request_publication"


@transaction.atomic
def request_publication(*, draw: Draw, actor: Actor, at: datetime) -> Approval | None:
    """Request the publication of a draw; return None where it is published already.

    Raises:
        PublishedTooLate: the last instant to publish at has passed.
        DrawEnded: the draw is void.
        NotPermitted: the person may not request it.
    """
    locked = lock_draw(draw)
    if locked.published_at and locked.state != Draw.State.VOID:
        return None
    refuse_late(locked, at)
    return approvals.request(action=PUBLISH, subject=subject_of(locked), actor=actor, at=at)


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
    PUBLISH,
    name=pgettext_lazy("approval", "Publication of the list"),
    permission=PERMISSION,
    lock=lock_draw_for_approval,
    content=content_to_publish,
)
def publish_draw(approval: Approval) -> None:
    """Publish what was approved (called by the approval, in its transaction).

    Raises:
        PublishedTooLate: it was approved after the last instant to publish at.
    """
    draw = lock_subject(approval.subject)
    at, by = approval.decided_at, approval.decided_by
    if at is None or by is None:
        raise TypeError("This approval is not decided.")
    refuse_late(draw, at)
    draw.state, draw.published_at, draw.published_by = Draw.State.PUBLISHED, at, by
    draw.save(update_fields=["state", "published_at", "published_by"])


def refuse_late(draw: Draw, at: datetime) -> None:
    """Refuse to publish after ``publish_by``: with the round known, one could choose to publish.

    Raises:
        PublishedTooLate: see above.
    """
    if at > draw.publish_by:
        raise PublishedTooLate(
            _("The draw had to be published by %(instant)s; void it and freeze for a later round.")
            % {"instant": date_format(draw.publish_by.astimezone(JAPAN), "DATETIME_FORMAT")}
        )
