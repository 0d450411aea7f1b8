"""Bring members' totals up to date: everybody's, or those of the members that changed.

A run is cut into shards by member. Who works takes a shard's row lock, computes it and marks it
done in one transaction, so that any number of workers share a run, and one that is killed leaves
its shard to the next. Source: docs/specs/consistency.md 2.
"""

from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, Func, QuerySet, Subquery
from django.db.models.expressions import Combinable

from bookings.models import Booking
from campaign import due, eligibility, queries
from campaign.models import (
    AggregationMode,
    AggregationRun,
    AggregationShard,
    Campaign,
    Terms,
    Total,
)
from campaign.terms import written_values
from core.canonical_json import content_sha256
from core.locks import Lock, take

Written = tuple[str, tuple[Any, ...]]  # a query and its parameters
FULL_SHARDS = 2  # as many as workers are called: each reads all bookings for its members
MEMBERS_PER_SHARD = 2_500


@transaction.atomic
def start_run(
    *, campaign: Campaign, as_of: datetime, full: bool = False, night: date | None = None
) -> tuple[AggregationRun, bool]:
    """Start a run, or return the one that stands in its way; say whether it is new.

    In its way stand the campaign's unfinished run, and for a ``night`` the run of that night.
    """
    take(Lock.TOTALS)
    runs = campaign.runs.order_by("-id")
    in_the_way = runs.filter(finished_at__isnull=True).first()
    if night and not in_the_way:
        in_the_way = runs.filter(night=night).first()
    if in_the_way:
        return in_the_way, False
    terms = queries.working_terms(campaign)
    run = AggregationRun.objects.create(
        campaign=campaign,
        mode=choose_mode(terms, full=full),
        night=night,
        terms=terms,
        terms_sha256=name_content(terms),
        as_of=as_of,
    )
    if run.mode == AggregationMode.FULL:
        due.cut_everybody(run, shards=FULL_SHARDS)
    else:
        due.cut_due(run, at_most=MEMBERS_PER_SHARD)
    return run, True


def choose_mode(terms: Terms, *, full: bool) -> AggregationMode:
    """Return how a run is done: in full if asked for, and where the terms are not the last run's.

    The first run has none before it, so it is full.
    """
    runs = AggregationRun.objects.filter(campaign=terms.campaign_id)
    last = runs.order_by("-id").values_list("terms_sha256", flat=True).first()
    return (
        AggregationMode.INCREMENTAL
        if last == name_content(terms) and not full
        else AggregationMode.FULL
    )


def name_content(terms: Terms) -> str:
    """Return the hash that names what the terms say."""
    return content_sha256(written_values(terms))


def work_on(run: AggregationRun) -> int:
    """Compute shards of a run until none is left to take; return how many were computed."""
    computed = 0
    while compute_next(run):
        computed += 1
    return computed


@transaction.atomic
def compute_next(run: AggregationRun) -> bool:
    """Take a shard that nobody works on and compute it; return whether there was one."""
    lock_totals(run.campaign_id, shared=True)
    waiting = run.shards.filter(done=False).order_by("number").defer("members")
    shard = waiting.select_for_update(skip_locked=True).first()
    if shard is None:
        return False
    this = run.shards.filter(pk=shard.pk)
    if run.mode == AggregationMode.FULL:
        save_everybody(run.terms, shard=shard.number, shards=run.shards.count())
    else:
        save_members(run.terms, this)
    this.update(done=True, members=None)
    return True


def finish(run: AggregationRun, *, at: datetime) -> bool:
    """Close a run whose shards are all done; return whether it is closed."""
    if run.shards.filter(done=False).exists():
        return False
    AggregationRun.objects.filter(pk=run.pk, finished_at__isnull=True).update(finished_at=at)
    return True


def recompute(terms: Terms) -> None:
    """Compute everybody's totals at once, in the caller's transaction and under its locks.

    Waits for workers that are computing a shard, and holds others back to the transaction's end.
    """
    lock_totals(terms.campaign_id)
    save_everybody(terms, shard=0, shards=1)


def lock_totals(campaign_id: int, *, shared: bool = False) -> None:
    """Hold a campaign's totals: workers on shards together, who computes everybody alone.

    Otherwise an older result of a worker could be written over a newer one.
    """
    take(Lock.TOTALS, campaign_id, shared=shared)


def save_everybody(terms: Terms, *, shard: int, shards: int) -> None:
    """Compute the totals of the members that fall into one of so many shards."""
    part = partial(InPart, part=shard, parts=shards)
    bookings = Booking.objects.filter(part(eligibility.MEMBER))
    known = Total.objects.filter(part("wester_id"), campaign=terms.campaign_id)
    fresh = eligibility.totals(terms, bookings).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(WHOLE)
        save(terms, fresh, known.values("wester_id"))
        cursor.execute(AS_BEFORE)


def save_members(terms: Terms, shard: QuerySet[AggregationShard]) -> None:
    """Compute the totals of the members that a shard names; their names stay in the database."""
    fresh = eligibility.totals_of_members(terms, Subquery(shard.values("members")))
    save(terms, fresh, shard.values(wester_id=Func("members", function="unnest")))


# A table of members and one of registrations to look things up in, for each shard. Never a look for
# each member: after a first load, of tables that were not analysed yet, the planner expects a row,
# and would have every member look through the totals that are written so far.
WHOLE = "SET LOCAL work_mem = '128MB'; SET LOCAL enable_nestloop = off"
AS_BEFORE = "SET LOCAL enable_nestloop TO DEFAULT"
# Reads bookings_booking (whole, or by the indexes booking_wester_id and booking_ex_member_no) and
# bookings_exregistration; writes campaign_total. Rows that are right already are not touched.
# MERGE rather than ON CONFLICT, which writes to every row that it meets; no other session writes
# the same members (see lock_totals), and if one did, the unique key would say so. In the order of
# the key, each of its pages is written once.
SAVE = """
WITH fresh AS MATERIALIZED ({fresh}),
gone AS (
    DELETE FROM campaign_total
    WHERE campaign_id = %s AND wester_id IN (
        SELECT wester_id FROM ({members}) members EXCEPT SELECT member FROM fresh
    )
)
MERGE INTO campaign_total AS old USING (SELECT * FROM fresh ORDER BY member) AS fresh
    ON old.campaign_id = %s AND old.wester_id = fresh.member
WHEN MATCHED AND (old.total_yen, old.bookings, old.awaiting_yen)
    IS DISTINCT FROM (fresh.sum_yen, fresh.counting, fresh.waiting_yen) THEN
    UPDATE SET total_yen = fresh.sum_yen, bookings = fresh.counting,
        awaiting_yen = fresh.waiting_yen
WHEN NOT MATCHED THEN
    INSERT (campaign_id, wester_id, total_yen, bookings, awaiting_yen)
    VALUES (%s, fresh.member, fresh.sum_yen, fresh.counting, fresh.waiting_yen)
"""


def save(terms: Terms, fresh: Written, members: QuerySet[Any, Any]) -> None:
    """Have the totals of these members be what their bookings come to: no row more and none less.

    ``members`` has one column, ``wester_id``; ``fresh`` is the query of their totals, written out.
    """
    campaign = terms.campaign_id
    query, parameters = fresh
    whose, their_parameters = members.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            SAVE.format(fresh=query, members=whose),
            [*parameters, campaign, *their_parameters, campaign, campaign],
        )


class InPart(Func):
    """Whether a text falls into one of so many parts, by PostgreSQL's own hash; false of null."""

    # The planner takes COALESCE for one row in two; of a bare equation it expects one in 200.
    template = "COALESCE(MOD(hashtext(%(expressions)s) & 2147483647, %(parts)s) = %(part)s, FALSE)"
    output_field = BooleanField()

    def __init__(self, text: Combinable | str, *, part: int, parts: int) -> None:
        """Ask for part ``part``, from 0, of ``parts``."""
        super().__init__(text, part=int(part), parts=int(parts))
