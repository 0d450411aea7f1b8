"""Enter a campaign: once a member, to the second, and never past the freeze."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from bookings.locks import Lock, take
from campaign.models import Terms
from entries.models import Channel, Entry
from entries.refusals import EntriesRefusal


class NotOpenYet(EntriesRefusal):
    """The entry period has not begun."""


class EntryPeriodOver(EntriesRefusal):
    """The entry period has ended, or the entrants are frozen for the draw."""


@dataclass(frozen=True)
class Entered:
    """A member's entry, and whether this request made it."""

    entry: Entry
    is_new: bool


# The lock is held already: this statement's snapshot is later than any freeze that went before.
# Reads campaign_campaign by its key; writes entries_entry (unique entry_one_per_member).
ENTER = """
INSERT INTO entries_entry (campaign_id, wester_id, entered_at, channel)
SELECT id, %(wester_id)s, %(entered_at)s, %(channel)s
FROM campaign_campaign WHERE id = %(campaign)s AND entries_frozen_at IS NULL
ON CONFLICT (campaign_id, wester_id) DO NOTHING
RETURNING id
"""


def enter(*, terms: Terms, wester_id: str, entered_at: datetime) -> Entered:
    """Enter a member into a campaign, or find the entry that is there already.

    Source: the terms, entry period (opens_at <= entered_at < closes_at); the feed contract,
    entries (one a member; the earliest stands). ``entered_at`` is the instant at which the
    request arrived.

    Raises:
        NotOpenYet, EntryPeriodOver: outside the period, or after the freeze, without an entry.
    """
    if terms.opens_at <= entered_at < terms.closes_at:
        with transaction.atomic(), connection.cursor() as cursor:
            take(Lock.ENTRIES, terms.campaign_id, shared=True)
            cursor.execute(
                ENTER,
                {
                    "campaign": terms.campaign_id,
                    "wester_id": wester_id,
                    "entered_at": entered_at,
                    "channel": Channel.WEB,
                },
            )
            made = cursor.fetchone()
        if made:
            return Entered(Entry.objects.get(pk=made[0]), is_new=True)
    if standing := find_entry(terms=terms, wester_id=wester_id):
        return Entered(standing, is_new=False)
    if entered_at < terms.opens_at:
        raise NotOpenYet(_("Entry has not opened yet."))
    raise EntryPeriodOver(_("The entry period has ended."))


def find_entry(*, terms: Terms, wester_id: str) -> Entry | None:
    """Return the member's entry in the campaign, whatever channel it came by."""
    return Entry.objects.filter(campaign=terms.campaign_id, wester_id=wester_id).first()
