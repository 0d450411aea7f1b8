"""Enter a campaign: once a member, to the second, and never past the freeze."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from bookings.locks import Lock, take
from campaign.models import Terms
from entries.models import Channel, Entry
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
# The lock is held already: this statement's snapshot is later than any freeze that went before.
# Reads campaign_campaign by its key; writes entries_entry (unique entry_one_per_member). The
# earliest stands, on a tie the web: a feed may have been quicker with a later entry.
ENTER = """
INSERT INTO entries_entry AS old (campaign_id, wester_id, entered_at, channel)
SELECT id, %(wester_id)s, %(entered_at)s, 'web'
FROM campaign_campaign WHERE id = %(campaign)s AND entries_frozen_at IS NULL
ON CONFLICT (campaign_id, wester_id) DO UPDATE
SET entered_at = EXCLUDED.entered_at, channel = EXCLUDED.channel
WHERE EXCLUDED.entered_at < old.entered_at
    OR (EXCLUDED.entered_at = old.entered_at AND old.channel <> 'web')
RETURNING id, xmax = 0
"""


def enter(*, terms: Terms, wester_id: str, entered_at: datetime) -> Entered:
    """Enter a member into a campaign, or find the entry that is there already.

    Source: the terms, entry period (opens_at <= entered_at < closes_at); the feed contract,
    entries (one a member; the earliest stands). ``entered_at`` is the instant at which the
    request arrived.

    Raises:
        NotOpenYet, EntryPeriodOver: outside the period, or after the freeze, without an entry.
        EntryUnconfirmed: the database went away, and may or may not have kept the entry.
        OperationalError, InterfaceError: it went away or was too busy, and nothing was kept.
    """
    if terms.opens_at <= entered_at < terms.closes_at:
        entered = write_entry(terms=terms, wester_id=wester_id, entered_at=entered_at)
        if entered is not None:
            return entered
    elif standing := find_entry(terms=terms, wester_id=wester_id):
        return Entered(standing, is_new=False)
    if entered_at < terms.opens_at:
        raise NotOpenYet(_("Entry has not opened yet."))
    raise EntryPeriodOver(_("The entry period has ended."))


def write_entry(*, terms: Terms, wester_id: str, entered_at: datetime) -> Entered | None:
    """Keep an entry unless one stands; None where there is none and the entrants are frozen."""
    has_asked = False
    values: dict[str, Any] = {"wester_id": wester_id, "entered_at": entered_at}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            take(Lock.ENTRIES, terms.campaign_id, shared=True, patience_ms=PATIENCE_MS)
            cursor.execute(ENTER, {**values, "campaign": terms.campaign_id})
            row = cursor.fetchone()
            has_asked = True
        if row is not None:
            entry = Entry(id=row[0], campaign=terms.campaign, channel=Channel.WEB, **values)
            return Entered(entry, is_new=row[1])
        standing = find_entry(terms=terms, wester_id=wester_id)
    except (InterfaceError, OperationalError) as failure:
        if has_asked:
            raise EntryUnconfirmed from failure
        raise
    return Entered(standing, is_new=False) if standing else None


def find_entry(*, terms: Terms, wester_id: str) -> Entry | None:
    """Return the member's entry in the campaign, whatever channel it came by."""
    return Entry.objects.filter(campaign=terms.campaign_id, wester_id=wester_id).first()
