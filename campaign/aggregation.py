"""Recompute members' totals: of all members, or of those whose bookings changed.

A run is divided into shards of members. A worker locks a shard's row, computes it and marks it done
in one transaction, so that any number of workers share a run, and one that is killed leaves its
shard to the next. Source: docs/specs/consistency.md 2.
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
from core.locks import Lock, acquire
from core.sql_files import compose_sql, local_settings, name_values

Query = tuple[str, tuple[Any, ...]]  # a query of the ORM and its values
MAY_START = "campaign.start_run"  # in the browser; the command needs nobody
FULL_SHARDS = 2  # as many as messages are sent: each reads all bookings for its members
MEMBERS_PER_SHARD = 2_500


@transaction.atomic
def start_run(
    *, campaign: Campaign, as_of: datetime, full: bool = False, night: date | None = None
) -> tuple[AggregationRun, bool]:
    """Start a run, or return the one that prevents it; return also whether it is new.

    The campaign's unfinished run prevents it, and for a ``night`` the run of that night.
    """
    acquire(Lock.TOTALS)
    runs = campaign.runs.order_by("-id")
    preventing = runs.filter(finished_at__isnull=True).first()
    if night and not preventing:
        preventing = runs.filter(night=night).first()
    if preventing:
        return preventing, False
    terms = queries.working_terms(campaign)
    run = AggregationRun.objects.create(
        campaign=campaign,
        mode=choose_mode(terms, full=full),
        night=night,
        terms=terms,
        terms_sha256=terms_sha256(terms),
        as_of=as_of,
    )
    if run.mode == AggregationMode.FULL:
        due.create_full_shards(run, shards=FULL_SHARDS)
    else:
        due.create_due_shards(run, max_size=MEMBERS_PER_SHARD)
    return run, True


def choose_mode(terms: Terms, *, full: bool) -> AggregationMode:
    """Return a run's mode: full if requested, at first, and where the terms have changed."""
    runs = AggregationRun.objects.filter(campaign=terms.campaign_id)
    last = runs.order_by("-id").values_list("terms_sha256", flat=True).first()
    if full or last != terms_sha256(terms):
        return AggregationMode.FULL
    return AggregationMode.INCREMENTAL


def terms_sha256(terms: Terms) -> str:
    """Return the hash of the terms' values."""
    return content_sha256(written_values(terms))


def compute_shards(run: AggregationRun) -> int:
    """Compute shards of a run until all are done or locked; return how many were computed."""
    computed = 0
    while compute_next(run):
        computed += 1
    return computed


@transaction.atomic
def compute_next(run: AggregationRun) -> bool:
    """Lock and compute the next shard that no other worker has; return whether there was one."""
    lock_totals(run.campaign_id, shared=True)
    waiting = run.shards.filter(done=False).order_by("number").defer("members")
    shard = waiting.select_for_update(skip_locked=True).first()
    if shard is None:
        return False
    locked = run.shards.filter(pk=shard.pk)
    if run.mode == AggregationMode.FULL:
        save_shard(run.terms, shard=shard.number, shards=run.shards.count())
    else:
        save_members(run.terms, locked)
    locked.update(done=True, members=None)
    return True


def finish_run(run: AggregationRun, *, at: datetime) -> bool:
    """Finish a run whose shards are all done; return whether it is finished."""
    if run.shards.filter(done=False).exists():
        return False
    AggregationRun.objects.filter(pk=run.pk, finished_at__isnull=True).update(finished_at=at)
    return True


def recompute_totals(terms: Terms) -> None:
    """Recompute the totals of all members, in the caller's transaction.

    Waits for workers that are computing a shard, and makes others wait until the transaction ends.
    """
    lock_totals(terms.campaign_id)
    save_shard(terms, shard=0, shards=1)


def lock_totals(campaign_id: int, *, shared: bool = False) -> None:
    """Lock a campaign's totals: shared for a worker on a shard, exclusively for all members.

    Otherwise a worker could write an older result over a newer one.
    """
    acquire(Lock.TOTALS, campaign_id, shared=shared)


def save_shard(terms: Terms, *, shard: int, shards: int) -> None:
    """Recompute the totals of all members who fall into one of so many shards."""
    in_shard = partial(InShard, shard=shard, shards=shards)
    bookings = Booking.objects.filter(in_shard(eligibility.MEMBER))
    known = Total.objects.filter(in_shard("wester_id"), campaign=terms.campaign_id)
    new_totals = eligibility.totals(terms, bookings).query.sql_with_params()
    # Hash joins over the whole tables of members and registrations. Never a nested loop: after a
    # first load, of tables that were not analysed yet, the planner expects one row, and would read
    # all totals that are written so far for each member.
    with local_settings(work_mem="128MB", enable_nestloop="off"):
        save_totals(terms, new_totals, known.values("wester_id"))


def save_members(terms: Terms, shard: QuerySet[AggregationShard]) -> None:
    """Recompute the totals of the members that a shard names; the names stay in the database."""
    new_totals = eligibility.totals_of_members(terms, Subquery(shard.values("members")))
    save_totals(terms, new_totals, shard.values(wester_id=Func("members", function="unnest")))


def save_totals(terms: Terms, new_totals: Query, members: QuerySet[Any, Any]) -> None:
    """Replace the totals of these members by ``new_totals``; one who has none loses the row.

    Args: ``members``: a query with one column, ``wester_id``.
    """
    totals, total_values = name_values(*new_totals, prefix="total")
    whose, member_values = name_values(*members.query.sql_with_params(), prefix="member")
    statement = compose_sql("campaign", "save_totals", totals=totals, members=whose)
    values = {"campaign": terms.campaign_id, **total_values, **member_values}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


class InShard(Func):
    """Whether a text falls into one of so many shards, by PostgreSQL's own hash; false of null."""

    # The planner takes COALESCE for one row in two; of a bare equation it expects one in 200.
    template = (
        "COALESCE(MOD(hashtext(%(expressions)s) & 2147483647, %(shards)s) = %(shard)s, FALSE)"
    )
    output_field = BooleanField()

    def __init__(self, text: Combinable | str, *, shard: int, shards: int) -> None:
        """Take the shard ``shard``, from 0, of ``shards``."""
        super().__init__(text, shard=int(shard), shards=int(shards))
