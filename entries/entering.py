"""Enter a campaign: once a member, to the second, and never past the freeze."""

from dataclasses import dataclass
from datetime import datetime

from django.db import Error, connection
from django.utils.translation import gettext as _

from campaign.models import Terms
from core.errors import DATABASE_AWAY
from core.locks import Lock, taking
from entries.models import Channel, Entry
from entries.queries import Visit
from entries.refusals import EntriesRefusal


class NotOpenYet(EntriesRefusal):
    """The entry period has not begun."""


class EntryPeriodOver(EntriesRefusal):
    """The entry period has ended, or the entrants are frozen for the draw."""


class EntryUnconfirmed(Exception):
    """The database went away while it kept an entry; asking again tells whether it did."""


@dataclass(frozen=True)
class Entered:
    """A member's entry, and whether this request made it."""

    entry: Entry
    is_new: bool


# Only a freeze makes an entry wait, or another press of the same member. A member who waits longer
# than this would rather press again, and a thread that waits serves nobody.
PATIENCE_MS = 5_000
# Two statements sent together: one transaction, one way there and back, one commit. The second
# begins when the first holds the lock, so its snapshot is later than any freeze that went before.
# Reads campaign_campaign by its key; writes entries_entry (unique entry_one_per_member). The
# earliest stands, on a tie the web: a feed may have been quicker with a later entry.
ENTER = f"""
{taking(shared=True, patient=False)};
INSERT INTO entries_entry AS old (campaign_id, wester_id, entered_at, channel)
SELECT id, %(wester_id)s, %(entered_at)s, 'web'
FROM campaign_campaign WHERE id = %(which)s AND entries_frozen_at IS NULL
ON CONFLICT (campaign_id, wester_id) DO UPDATE
SET entered_at = EXCLUDED.entered_at, channel = EXCLUDED.channel
WHERE EXCLUDED.entered_at < old.entered_at
    OR (EXCLUDED.entered_at = old.entered_at AND old.channel <> 'web')
RETURNING id, xmax = 0
"""
# SQLSTATE classes of a server that goes away: it may have committed before it said so.
GOING_AWAY = ("08", "57")


def enter(*, terms: Terms | Visit, wester_id: str, entered_at: datetime) -> Entered:
    """Enter a member into a campaign, or find the entry that is there already.

    Source: docs/specs/eligibility.md 3.1; docs/specs/feeds.md 5 (one a member; the earliest
    stands). ``entered_at`` is the instant at which the request arrived.

    Raises:
        NotOpenYet, EntryPeriodOver: outside the period, or after the freeze, without an entry.
        EntryUnconfirmed: the database went away, and may or may not have kept the entry.
        DATABASE_AWAY: it was away, too busy or read-only, and nothing was kept.
    """
    if terms.opens_at <= entered_at < terms.closes_at:
        made = write_entry(terms.campaign_id, wester_id=wester_id, entered_at=entered_at)
        if made is not None:
            return made
    if standing := find_entry(terms=terms, wester_id=wester_id):
        return Entered(standing, is_new=False)
    if entered_at < terms.opens_at:
        raise NotOpenYet(_("Entry has not opened yet."))
    raise EntryPeriodOver(_("The entry period has ended."))


def write_entry(campaign_id: int, *, wester_id: str, entered_at: datetime) -> Entered | None:
    """Keep an entry; None where an earlier one stands, or the entrants are frozen."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(
                ENTER,
                {
                    "lock": int(Lock.ENTRIES),
                    "which": campaign_id,
                    "patience_ms": PATIENCE_MS,
                    "wester_id": wester_id,
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
    """Say whether the server itself answered that it did not do it."""
    code = getattr(failure.__cause__, "sqlstate", None)
    return code is not None and not code.startswith(GOING_AWAY)


def find_entry(*, terms: Terms | Visit, wester_id: str) -> Entry | None:
    """Return the member's entry in the campaign, whatever channel it came by."""
    return Entry.objects.filter(campaign=terms.campaign_id, wester_id=wester_id).first()
