"""Apply the feed ``entries``: entries made outside the web page.

Source: docs/specs/feeds.md 5; docs/specs/eligibility.md 3.1.
"""

from django.db.backends.utils import CursorWrapper

from bookings.feeds import Feed
from campaign import queries
from campaign.models import Campaign
from core import locks
from core.sql_files import read_sql
from entries.definitions import ENTRIES

CREATE_PERIODS = """
CREATE TEMPORARY TABLE period (
    campaign_id bigint, code varchar(40) COLLATE "C", opens_at timestamptz, closes_at timestamptz
) ON COMMIT DROP"""
INSERT_PERIOD = "INSERT INTO period VALUES (%s, %s, %s, %s)"
# A campaign without terms is unknown.
STAGED_CAMPAIGNS = """
SELECT id FROM campaign_campaign WHERE code IN (SELECT campaign FROM staged)
AND id IN (SELECT campaign_id FROM campaign_terms)"""


def apply_entries(cursor: CursorWrapper) -> int:
    """Apply the staged entries; return how many rows are new.

    Web entries may be written at the same time, in either order: the earlier of two entries wins.
    """
    cursor.execute(CREATE_PERIODS)
    for campaign in lock_staged_campaigns(cursor):
        terms = queries.working_terms(campaign)
        cursor.execute(INSERT_PERIOD, [campaign.pk, campaign.code, terms.opens_at, terms.closes_at])
    cursor.execute(read_sql("entries", "reject_unknown_campaigns"))
    cursor.execute(read_sql("entries", "reject_entries_outside_period"))
    cursor.execute(read_sql("entries", "save_entry_rows"))
    saved = int(cursor.rowcount)
    cursor.execute(read_sql("entries", "write_feed_entries"))
    cursor.execute("DROP TABLE period")
    return saved


def lock_staged_campaigns(cursor: CursorWrapper) -> list[Campaign]:
    """Lock the entries, shared, of the campaigns that the staged rows name; return these.

    A freeze that has such a lock exclusively ends before we continue, and we read the terms after
    it.
    """
    cursor.execute(STAGED_CAMPAIGNS)
    campaigns = list(Campaign.objects.filter(pk__in=[key for (key,) in cursor.fetchall()]))
    for campaign in sorted(campaigns, key=lambda campaign: campaign.pk):
        locks.acquire(locks.Lock.ENTRIES, campaign.pk, shared=True)
    return campaigns


ENTRY_FEED = Feed(
    definition=ENTRIES,
    lock=locks.Feed.ENTRIES,
    create_staged=read_sql("entries", "create_staged_entries"),
    apply=apply_entries,
    happened_at="entered_at",
    data_reasons=frozenset({"unknown_value", "outside_entry_period"}),
)
