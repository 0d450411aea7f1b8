"""Record in the audit who looked a member up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from campaign.models import Campaign
from core import approvals, audit
from core.audit import Actor
from entries.models import Entry, Member

PERMISSION = "entries.view_member"


def record_look_up(
    campaign: Campaign,
    wester_id: str | None,
    *,
    actor: Actor | None,
    at: datetime,
    bookings: Sequence[int] = (),
    **more: Any,
) -> None:
    """Record that somebody looked a member up: by our own numbers, never by the WESTER ID.

    Args: ``bookings``: the numbers of the bookings that were looked up instead of the member.

    Raises:
        NotPermitted: the person may not see members.
    """
    approvals.require_actor(actor, PERMISSION)
    entry = Entry.objects.filter(campaign=campaign, wester_id=wester_id).first()
    member = Member.objects.filter(wester_id=wester_id).first()
    detail: dict[str, Any] = {
        "entry": entry.pk if entry else None,
        "member": member.pk if member else None,
    }
    if bookings:
        detail |= {"bookings": [*bookings]}
    audit.record(
        actor=actor, action="member.looked_up", subject=campaign.code, at=at, detail=detail | more
    )
