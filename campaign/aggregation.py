"""Bring members' totals up to date: everybody's, or those of the members that changed.

A run is cut into shards by member. Who works takes a shard's row lock, computes it and marks it
done in one transaction, so that any number of workers share a run, and one that is killed leaves
its shard to the next. Source: the design, "Totals follow marks".
"""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Func, IntegerField, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Mod

from bookings.locks import Lock, take
from bookings.models import Booking
from campaign import due, eligibility, queries
from campaign.canonical import content_sha256
from campaign.models import AggregationRun, AggregationShard, Campaign, Terms, Total
from campaign.terms import written_values

Mode = AggregationRun.Mode
FULL_SHARDS = 4  # each reads the whole table, so few; but more than one for two workers
MEMBERS_PER_SHARD = 5_000


@transaction.atomic
def start_run(
    *, campaign: Campaign, as_of: datetime, full: bool = False, night: date | None = None
) -> tuple[AggregationRun, bool]:
    """Start a run, or return the campaign's unfinished one; say whether it is new.

    It is a full run if asked for, if there was none before, or if the terms are not those of the
    last one. ``night`` names a nightly run; there is one a night.
    """
    take(Lock.TOTALS)
    if unfinished := campaign.runs.filter(finished_at__isnull=True).first():
        return unfinished, False
    terms = queries.working_terms(campaign)
    sha256 = content_sha256(written_values(terms))
    last = campaign.runs.order_by("-id").first()
    is_full = full or last is None or last.terms_sha256 != sha256
    due.collect_marks()
    run = AggregationRun.objects.create(
        campaign=campaign,
        mode=Mode.FULL if is_full else Mode.INCREMENTAL,
        night=night,
        terms_sha256=sha256,
        as_of=as_of,
    )
    if is_full:
        due.forget(campaign)
        create_shards(run, FULL_SHARDS)
    else:
        due.take_into(create_shards(run, shards_for(due.count(campaign))))
    return run, True


def shards_for(members: int) -> int:
    """Return into how many parts these members are cut; none where there are none."""
    return -(-members // MEMBERS_PER_SHARD)


def create_shards(run: AggregationRun, count: int) -> list[AggregationShard]:
    """Cut a run into so many parts."""
    return AggregationShard.objects.bulk_create(
        AggregationShard(run=run, number=number) for number in range(count)
    )


def work_on(run: AggregationRun) -> int:
    """Compute shards of a run until none is left to take; return how many were computed."""
    terms = queries.working_terms(run.campaign)
    computed = 0
    while compute_next(run, terms):
        computed += 1
    return computed


@transaction.atomic
def compute_next(run: AggregationRun, terms: Terms) -> bool:
    """Take a shard that nobody works on and compute it; return whether there was one."""
    shard = (
        run.shards.select_for_update(skip_locked=True).filter(done=False).order_by("number").first()
    )
    if shard is None:
        return False
    if run.mode == Mode.FULL:
        save_everybody(terms, shard=shard.number, shards=FULL_SHARDS)
    else:
        # First take the members out, then read their bookings: a change that comes between finds
        # no row of theirs and puts one back for the next run.
        members = due.take_out(shard)
        save_members(terms, members)
    shard.done = True
    shard.save(update_fields=["done"])
    return True


def finish(run: AggregationRun, *, at: datetime) -> bool:
    """Close a run whose shards are all done; return whether it is closed."""
    if run.shards.filter(done=False).exists():
        return False
    AggregationRun.objects.filter(pk=run.pk, finished_at__isnull=True).update(finished_at=at)
    return True


def recompute(terms: Terms) -> None:
    """Compute everybody's totals at once, in the caller's transaction and under its locks."""
    save_everybody(terms, shard=0, shards=1)


def save_everybody(terms: Terms, *, shard: int, shards: int) -> None:
    """Compute the totals of the members that fall into one of so many shards."""
    part = Mod(NotNegativeHash(eligibility.MEMBER), shards)
    bookings = Booking.objects.annotate(part=part).filter(part=shard)
    scope = Total.objects.annotate(part=Mod(NotNegativeHash("wester_id"), shards))
    save(terms, bookings, scope.filter(campaign=terms.campaign_id, part=shard))


def save_members(terms: Terms, wester_ids: QuerySet[Any, Any] | RawSQL) -> None:
    """Compute the totals of some members."""
    scope = Total.objects.filter(campaign=terms.campaign_id, wester_id__in=wester_ids)
    save(terms, eligibility.of_members(wester_ids), scope)


# Reads bookings_booking (whole, or by the indexes booking_wester_id and booking_ex_member_no) and
# bookings_exregistration; writes campaign_total. Rows that are right already are not touched.
SAVE = """
WITH fresh AS MATERIALIZED ({fresh}),
gone AS (
    DELETE FROM campaign_total
    WHERE campaign_id = %s AND wester_id IN (
        SELECT wester_id FROM ({scope}) scope EXCEPT ALL SELECT member FROM fresh
    )
)
INSERT INTO campaign_total AS old (campaign_id, wester_id, total_yen, bookings, awaiting_yen)
SELECT %s, member, sum_yen, counting, waiting_yen FROM fresh
ON CONFLICT (campaign_id, wester_id) DO UPDATE
SET total_yen = EXCLUDED.total_yen, bookings = EXCLUDED.bookings,
    awaiting_yen = EXCLUDED.awaiting_yen
WHERE (old.total_yen, old.bookings, old.awaiting_yen)
    IS DISTINCT FROM (EXCLUDED.total_yen, EXCLUDED.bookings, EXCLUDED.awaiting_yen)
"""


def save(terms: Terms, bookings: QuerySet[Booking], scope: QuerySet[Total]) -> None:
    """Have the totals in ``scope`` be what ``bookings`` come to: no more rows and no fewer."""
    fresh, parameters = eligibility.totals(terms, bookings).query.sql_with_params()
    in_scope, scope_parameters = scope.values("wester_id").query.sql_with_params()
    campaign = terms.campaign_id
    with connection.cursor() as cursor:
        cursor.execute(
            SAVE.format(fresh=fresh, scope=in_scope),
            [*parameters, campaign, *scope_parameters, campaign],
        )


class NotNegativeHash(Func):
    """PostgreSQL's own hash of a text, as a number that is not negative."""

    template = "(hashtext(%(expressions)s) & 2147483647)"
    output_field = IntegerField()
