"""Record in the audit who looked a member up, and limit how often a person may in an hour."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from bookings.erased import hash_identifier
from campaign.models import Campaign
from core import approvals, audit
from core.audit import Actor
from core.models import User
from core.sql_files import read_sql
from entries.models import Entry, Member
from entries.refusals import EntriesRefusal

PERMISSION = "entries.view_member"
MAX_IN_AN_HOUR = 120  # by one person: two a minute, on the busiest day


class TooManyLookUps(EntriesRefusal):
    """This person has looked up as many members in this hour as anybody may."""


def claim_look_up(*, user: User, at: datetime) -> None:
    """Count a look-up before it is answered, unknown ones too.

    Raises:
        TooManyLookUps: the person has made ``MAX_IN_AN_HOUR`` in this hour of the clock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("entries", "claim_look_up"),
            {"user": user.pk, "at": at, "most": MAX_IN_AN_HOUR},
        )
        if cursor.fetchone() is None:
            raise TooManyLookUps(
                _(
                    "You have looked up %(most)s times in this hour, which is as often as one "
                    "person may. Please go on from the next full hour, or ask a colleague."
                )
                % {"most": MAX_IN_AN_HOUR}
            )


def record_look_up(
    campaign: Campaign | None,
    wester_id: str | None,
    *,
    actor: Actor | None,
    at: datetime,
    bookings: Sequence[int] = (),
    **more: Any,
) -> None:
    """Record that somebody looked a member up: by our own numbers, never by the WESTER ID.

    A member without an entry and an account is named by the keyed hash of the WESTER ID.

    Args: ``campaign``: None where none was chosen; ``bookings``: the numbers of the bookings that
        were looked up instead of the member.

    Raises:
        NotPermitted: the person may not see members.
    """
    approvals.require_actor(actor, PERMISSION)
    entries = Entry.objects.filter(campaign=campaign, wester_id=wester_id)
    entry = entries.first() if campaign else None
    member = Member.objects.filter(wester_id=wester_id).first()
    detail: dict[str, Any] = {
        "entry": entry.pk if entry else None,
        "member": member.pk if member else None,
    }
    if wester_id and not entry and not member:
        detail |= {"hash": hash_identifier("wester_id", wester_id)}
    if bookings:
        detail |= {"bookings": [*bookings]}
    subject = campaign.code if campaign else "members"
    audit.record(
        actor=actor, action="member.looked_up", subject=subject, at=at, detail=detail | more
    )


def record_rows(rows: Sequence[int], *, actor: Actor, at: datetime) -> None:
    """Record in the audit who read the text of rows in quarantine, which may name members."""
    if rows:
        audit.record(
            actor=actor,
            action="member.listed",
            subject="bookings.quarantinedrow",
            at=at,
            detail={"rows": [*rows]},
        )
