"""The feed ``entries``: entries made outside the web page.

Source: docs/specs/feeds.md 5; docs/specs/eligibility.md 3.1.
"""

from django.db.backends.utils import CursorWrapper

from bookings.feeds import Feed
from bookings.staging import reject
from campaign import queries
from campaign.models import Campaign
from core import locks
from entries.definitions import ENTRIES

CREATE_STAGED = """
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT 0::bigint AS record, row.wester_id, campaign.code AS campaign, row.entered_at, row.channel
FROM entries_entryrow AS row, campaign_campaign AS campaign WITH NO DATA"""

CREATE_PERIODS = """
CREATE TEMPORARY TABLE period (
    campaign_id bigint, code varchar(40) COLLATE "C", opens_at timestamptz, closes_at timestamptz
) ON COMMIT DROP"""
# A campaign without terms is no campaign yet.
NAMED = """
SELECT id FROM campaign_campaign WHERE code IN (SELECT campaign FROM staged)
AND id IN (SELECT campaign_id FROM campaign_terms)"""
KEEP_PERIOD = "INSERT INTO period VALUES (%s, %s, %s, %s)"

UNKNOWN_CAMPAIGN = """
(SELECT campaign FROM staged EXCEPT SELECT code FROM period) AS unknown
WHERE unknown.campaign = staged.campaign"""
OUTSIDE_PERIOD = """
period WHERE period.code = staged.campaign
AND NOT (staged.entered_at >= period.opens_at AND staged.entered_at < period.closes_at)"""

# Writes entries_entryrow (unique entryrow_once).
KEEP_ROWS = """
INSERT INTO entries_entryrow (campaign_id, wester_id, entered_at, channel)
SELECT period.campaign_id, staged.wester_id, staged.entered_at, staged.channel
FROM staged JOIN period ON period.code = staged.campaign
ORDER BY period.campaign_id, staged.wester_id, staged.entered_at, staged.channel
ON CONFLICT (campaign_id, wester_id, entered_at, channel) DO NOTHING"""

# Writes entries_entry (unique entry_one_per_member). The earliest stands; on a tie web, then app,
# then call_center.
WRITE_ENTRIES = """
INSERT INTO entries_entry AS old (campaign_id, wester_id, entered_at, channel)
SELECT DISTINCT ON (period.campaign_id, staged.wester_id)
    period.campaign_id, staged.wester_id, staged.entered_at, staged.channel
FROM staged JOIN period ON period.code = staged.campaign
ORDER BY period.campaign_id, staged.wester_id, staged.entered_at,
    array_position(ARRAY['web', 'app', 'call_center'], staged.channel::text)
ON CONFLICT (campaign_id, wester_id) DO UPDATE
SET entered_at = EXCLUDED.entered_at, channel = EXCLUDED.channel
WHERE (
    EXCLUDED.entered_at,
    array_position(ARRAY['web', 'app', 'call_center'], EXCLUDED.channel::text)
) < (old.entered_at, array_position(ARRAY['web', 'app', 'call_center'], old.channel::text))"""


def apply_entries(cursor: CursorWrapper) -> int:
    """Apply the staged entries; return how many rows were not known before.

    A web entry made meanwhile does no harm, whichever comes first: the earlier of the two stands.
    """
    cursor.execute(CREATE_PERIODS)
    for campaign in lock_campaigns(cursor):
        terms = queries.working_terms(campaign)
        cursor.execute(KEEP_PERIOD, [campaign.pk, campaign.code, terms.opens_at, terms.closes_at])
    reject(cursor, found=UNKNOWN_CAMPAIGN, reason="'unknown_value'")
    reject(cursor, found=OUTSIDE_PERIOD, reason="'outside_entry_period'")
    cursor.execute(KEEP_ROWS)
    kept = int(cursor.rowcount)
    cursor.execute(WRITE_ENTRIES)
    cursor.execute("DROP TABLE period")
    return kept


def lock_campaigns(cursor: CursorWrapper) -> list[Campaign]:
    """Take the entries locks of the campaigns that the staged rows name, shared; return them.

    A freeze that holds one of them exclusively is over before we go on, and the terms are read
    after it.
    """
    cursor.execute(NAMED)
    campaigns = list(Campaign.objects.filter(pk__in=[key for (key,) in cursor.fetchall()]))
    for campaign in sorted(campaigns, key=lambda campaign: campaign.pk):
        locks.take(locks.Lock.ENTRIES, campaign.pk, shared=True)
    return campaigns


ENTRY_FEED = Feed(
    definition=ENTRIES,
    lock=locks.Feed.ENTRIES,
    create_staged=CREATE_STAGED,
    apply=apply_entries,
    data_reasons=frozenset({"unknown_value", "outside_entry_period"}),
)
