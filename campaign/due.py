"""Whose totals have to be computed again under which campaign.

The apps below leave marks; at the start of a run they become due members of every campaign that
has totals. All of this happens under one lock, and a row that is worked on is deleted first: a
change that comes meanwhile finds no row and puts one back.
"""

from django.db import connection
from django.db.models.expressions import RawSQL

from campaign.models import AggregationShard, Campaign, DueMember

# Reads bookings_membermark, bookings_exregistration, campaign_aggregationrun; writes
# campaign_duemember. A mark of an EX member number without a registration is nobody's yet: the
# registration will leave one of its own.
COLLECT_MARKS = """
WITH marks AS (DELETE FROM bookings_membermark RETURNING wester_id, ex_member_no),
members AS (
    SELECT wester_id FROM marks WHERE wester_id IS NOT NULL
    UNION
    SELECT registration.wester_id
    FROM marks JOIN bookings_exregistration registration USING (ex_member_no)
)
INSERT INTO campaign_duemember (campaign_id, wester_id)
SELECT campaign.id, members.wester_id
FROM members, (SELECT DISTINCT campaign_id AS id FROM campaign_aggregationrun) campaign
ON CONFLICT (campaign_id, wester_id) DO NOTHING
"""
TAKE_INTO = """
UPDATE campaign_duemember due SET shard_id = shards.ids[1 + place %% cardinality(shards.ids)]
FROM (SELECT %s::bigint[] AS ids) shards,
    (
        SELECT wester_id, row_number() OVER (ORDER BY wester_id) - 1 AS place
        FROM campaign_duemember WHERE campaign_id = %s AND shard_id IS NULL
    ) numbered
WHERE due.campaign_id = %s AND due.wester_id = numbered.wester_id
"""
TAKE_OUT = """
CREATE TEMPORARY TABLE campaign_due_now (wester_id varchar(40) COLLATE "C" PRIMARY KEY)
    ON COMMIT DROP;
WITH gone AS (DELETE FROM campaign_duemember WHERE shard_id = %(shard)s RETURNING wester_id)
INSERT INTO campaign_due_now SELECT wester_id FROM gone;
ANALYZE campaign_due_now
"""


def collect_marks() -> None:
    """Turn the marks into due members of every campaign that has been aggregated."""
    with connection.cursor() as cursor:
        cursor.execute(COLLECT_MARKS)


def count(campaign: Campaign) -> int:
    """Return how many members are due and in no shard yet."""
    return DueMember.objects.filter(campaign=campaign, shard__isnull=True).count()


def forget(campaign: Campaign) -> None:
    """Drop who is due: a full run that starts now computes everybody anyway."""
    DueMember.objects.filter(campaign=campaign, shard__isnull=True).delete()


def take_into(shards: list[AggregationShard]) -> None:
    """Deal the due members of a campaign evenly to the shards of its run."""
    if shards:
        campaign = shards[0].run.campaign_id
        with connection.cursor() as cursor:
            cursor.execute(TAKE_INTO, [[shard.pk for shard in shards], campaign, campaign])


def take_out(shard: AggregationShard) -> RawSQL:
    """Delete the due members of a shard; return the query that lists them, in this transaction."""
    with connection.cursor() as cursor:
        for statement in TAKE_OUT.split(";"):
            cursor.execute(statement, {"shard": shard.pk})
    return RawSQL("SELECT wester_id FROM campaign_due_now", [])
