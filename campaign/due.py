"""Whose totals have to be computed again under which campaign.

The apps below leave marks in the transaction of a change. The start of a run takes all marks: its
own campaign's members are cut into its shards, for the others they wait as due members. All of
this happens under the lock of who is due, in one statement: a mark that is seen is of a change
that every later statement sees; one that comes later stays for the next run.
"""

from django.db import connection

from campaign.models import AggregationRun

# Reads bookings_membermark and bookings_exregistration (by key); writes campaign_duemember and
# campaign_aggregationshard. A mark of an EX member number without a registration is nobody's yet:
# the registration will leave one of its own. A campaign without a run needs no due members: its
# first run computes everybody.
COLLECT = """
WITH marks AS (
    DELETE FROM bookings_membermark RETURNING wester_id, ex_member_no
),
changed AS (
    SELECT wester_id FROM marks WHERE wester_id IS NOT NULL
    UNION
    SELECT registration.wester_id
    FROM marks JOIN bookings_exregistration registration USING (ex_member_no)
),
waiting AS (
    INSERT INTO campaign_duemember (campaign_id, wester_id)
    SELECT campaign.id, changed.wester_id
    FROM changed, (
        SELECT DISTINCT campaign_id AS id FROM campaign_aggregationrun
        WHERE campaign_id <> %(campaign)s
    ) campaign
    ON CONFLICT (campaign_id, wester_id) DO NOTHING
),
waited AS (
    DELETE FROM campaign_duemember WHERE campaign_id = %(campaign)s RETURNING wester_id
)
INSERT INTO campaign_aggregationshard (run_id, number, members)
"""
CUT_EVERYBODY = "SELECT %(run)s, number, NULL FROM generate_series(0, %(shards)s - 1) number"
CUT_DUE = """
SELECT %(run)s, place * shards / members, array_agg(wester_id ORDER BY wester_id)
FROM (
    SELECT wester_id, row_number() OVER (ORDER BY wester_id) - 1 AS place,
        count(*) OVER () AS members, (count(*) OVER () - 1) / %(size)s + 1 AS shards
    FROM (SELECT wester_id FROM changed UNION SELECT wester_id FROM waited) due
) numbered
GROUP BY 2
"""


def cut_everybody(run: AggregationRun, *, shards: int) -> None:
    """Cut a full run into so many shards; who is due is computed with everybody."""
    cut(run, COLLECT + CUT_EVERYBODY, shards=shards)


def cut_due(run: AggregationRun, *, at_most: int) -> None:
    """Cut an incremental run into shards of one size, to a member; nobody due makes no shard."""
    cut(run, COLLECT + CUT_DUE, size=at_most)


def cut(run: AggregationRun, statement: str, **sizes: int) -> None:
    """Take all marks and make the run's shards."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"campaign": run.campaign_id, "run": run.pk, **sizes})
