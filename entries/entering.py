"""Enter a member into a campaign, once, within the entry period and before the freeze."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import Error, connection
from django.utils.translation import gettext as _
from psycopg import sql

from bookings.erased import hash_identifier
from core.errors import DATABASE_AWAY
from core.locks import Lock, acquire_sql
from core.sql_files import read_sql
from entries import participation
from entries.enumerations import Channel
from entries.models import Entry
from entries.refusals import EntriesRefusal


class NotOpenYet(EntriesRefusal):
    """The entry period has not begun."""


class EntryPeriodOver(EntriesRefusal):
    """The entry period has ended, or the entrants are frozen for the draw."""


class EnteredElsewhere(EntriesRefusal):
    """The member's entry to another course of the series came first."""


class EntryUnconfirmed(Exception):
    """The database went away while it wrote an entry; entering again shows whether it did."""


class CampaignPeriod(Protocol):
    """The entry period of one campaign: its terms, or a visit."""

    @property
    def campaign_id(self) -> int:
        """The campaign's key."""

    @property
    def opens_at(self) -> datetime:
        """The first instant of the period."""

    @property
    def closes_at(self) -> datetime:
        """The first instant after the period."""

    @property
    def series_code(self) -> str | None:
        """The series that the campaign belongs to."""

    @property
    def series_course(self) -> str | None:
        """Its course, of which a member takes part in one only."""


@dataclass(frozen=True)
class Entered:
    """A member's entry, and whether this request made it."""

    entry: Entry
    is_new: bool


# An entry waits only for a freeze, or for another request of the same member. After this time an
# error is better: the member can press again, and the thread can serve others.
PATIENCE_MS = 5_000
# Two statements in one request: one transaction, one round trip, one commit. The second begins when
# the first has the lock, so its snapshot is later than any freeze that came before.
STATEMENTS = (acquire_sql(shared=True, patient=False), read_sql("entries", "write_entry"))
LOCK_AND_WRITE = sql.SQL(";\n").join(map(sql.SQL, STATEMENTS)).as_string()
# SQLSTATE classes of a server that goes away; it may have committed before.
GOING_AWAY = ("08", "57")


def enter_campaign(*, period: CampaignPeriod, wester_id: str, entered_at: datetime) -> Entered:
    """Enter a member into a campaign, or return the existing entry.

    Source: docs/specs/eligibility.md 3.1; docs/specs/feeds.md 5 (one entry a member, the earliest);
    docs/specs/campaigns.md 6 (courses).
    Args: ``entered_at`` is the instant at which the request arrived.

    Raises:
        NotOpenYet, EntryPeriodOver: outside the period, or after the freeze, without an entry.
        EnteredElsewhere: without an entry here, but with one to another course of the series.
        EntryUnconfirmed: the database went away, and may or may not have written the entry.
        DATABASE_AWAY: it was away, too busy or read-only, and nothing was written.
    """
    is_elsewhere = is_of_another_course(period, wester_id)
    if period.opens_at <= entered_at < period.closes_at and not is_elsewhere:
        written = write_entry(period.campaign_id, wester_id=wester_id, entered_at=entered_at)
        if written is not None:
            return written
    if existing := find_entry(campaign_id=period.campaign_id, wester_id=wester_id):
        return Entered(existing, is_new=False)
    if is_elsewhere:
        raise EnteredElsewhere(_("You have already entered another course of this series."))
    if entered_at < period.opens_at:
        raise NotOpenYet(_("Entry has not opened yet."))
    raise EntryPeriodOver(_("The entry period has ended."))


def is_of_another_course(period: CampaignPeriod, wester_id: str) -> bool:
    """Return whether an earlier entry puts the member into another course of the series.

    An entry that is made meanwhile is not seen: the earlier of the two decides, whatever was said.
    """
    if period.series_code is None or period.series_course is None:
        return False
    course = participation.find_course(period.series_code, wester_id)
    return course not in (None, period.series_course)


def write_entry(campaign_id: int, *, wester_id: str, entered_at: datetime) -> Entered | None:
    """Write an entry; return None where an earlier one exists, or the entrants are frozen."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(
                LOCK_AND_WRITE,
                {
                    "lock": int(Lock.ENTRIES),
                    "which": campaign_id,
                    "patience_ms": PATIENCE_MS,
                    "wester_id": wester_id,
                    "hash": hash_identifier("wester_id", wester_id),
                    "entered_at": entered_at,
                },
            )
        except DATABASE_AWAY as failure:
            if is_refusal(failure):
                raise
            raise EntryUnconfirmed from failure
        cursor.nextset()
        row = cursor.fetchone()
    if row is None:
        return None
    key, is_new = row
    entry = Entry(
        id=key,
        campaign_id=campaign_id,
        wester_id=wester_id,
        entered_at=entered_at,
        channel=Channel.WEB,
    )
    return Entered(entry, is_new=is_new)


def is_refusal(failure: Error) -> bool:
    """Return whether the server itself answered that it refuses the statement."""
    code = getattr(failure.__cause__, "sqlstate", None)
    return code is not None and not code.startswith(GOING_AWAY)


def find_entry(*, campaign_id: int, wester_id: str) -> Entry | None:
    """Return the member's entry in the campaign, whatever its channel."""
    return Entry.objects.filter(campaign=campaign_id, wester_id=wester_id).first()
