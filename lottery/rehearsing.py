"""Rehearse terms: what they would come to with bookings that are known.

Nothing is written: the database itself holds the transaction to reading, and it is rolled back. It
acquires no advisory lock and locks no row, so that loads, entries and runs go on beside it. Instead
of the bookings the terms are moved, by whole days, and judge them where they are.
"""

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from time import monotonic
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.errors import QueryCanceled

from bookings.models import Booking
from campaign import eligibility
from campaign.facts import facts_of
from campaign.models import Terms
from campaign.rewards import lots_of, rewards_of, shares_of
from core.sql_files import compose_sql, name_values
from entries.participation import compose_participants
from lottery.entrant_list import eligible_members
from lottery.forecast import Forecast, Kind, forecast_draw
from lottery.refusals import RehearsalTooLong

SETTINGS = ("SET TRANSACTION READ ONLY", "SET LOCAL work_mem = '128MB'")
# Somebody waits for the page, and the web server for less than half a minute: the statements are
# bounded together, and so are the trials of the forecast.
PATIENCE_S = 20.0
MIN_TRIALS, MAX_READ = 3, 100_000
EVERYBODY = sql.SQL("SELECT member AS wester_id FROM total WHERE counting > 0")


@dataclass(frozen=True)
class Rehearsal:
    """What terms come to with some bookings; yen and points are whole.

    ``reasons`` has the numbers of bookings and yen by the codes of the rules, and ``pending`` and
    ``counts``.
    """

    terms: Terms
    bookings: int
    reasons: dict[str, dict[str, int]]
    forecast: Forecast

    @property
    def counting_yen(self) -> int:
        """The yen of all bookings that count, of members who take part and of others."""
        return self.reasons["counts"]["yen"]


@dataclass(frozen=True)
class Comparison:
    """Two rehearsals with the same bookings: by the terms of then, and by others.

    ``before`` is None where no campaign of then was chosen. ``days``: by how many the bookings are
    moved.
    """

    before: Rehearsal | None
    after: Rehearsal
    days: int


def rehearse(terms: Terms, *, like: Terms | None) -> Comparison:
    """Judge bookings by terms, beside the terms of a campaign that they were made for.

    With ``like`` the bookings are those of its travel periods, moved onto those of ``terms``, and
    who entered that campaign takes part. Without it they are all that are known, on their own days,
    and everybody with a booking that counts takes part.

    Raises:
        RehearsalTooLong: the statements took too long.
    """
    try:
        with reading_only():
            if like is None:
                bookings = Booking.objects.all()
                return Comparison(None, rehearse_one(terms, bookings, entrants_of=None), days=0)
            days = (terms.periods[0][0] - like.periods[0][0]).days
            moved = move_terms(terms, days=-days)
            bookings = bookings_of([*like.periods, *moved.periods])
            before = rehearse_one(like, bookings, entrants_of=like)
            return Comparison(before, rehearse_one(moved, bookings, entrants_of=like), days=days)
    except OperationalError as failure:
        if isinstance(failure.__cause__, QueryCanceled):
            raise too_long() from failure
        raise


@contextmanager
def reading_only() -> Iterator[None]:
    """Open a transaction that can only read, and roll it back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for setting in SETTINGS:
                cursor.execute(setting)
        with connection.execute_wrapper(bounded(until=monotonic() + PATIENCE_S)):
            yield
        transaction.set_rollback(True)


def bounded(*, until: float) -> Callable[..., Any]:
    """Return a wrapper that lets each statement take what is left until a time, in seconds.

    The wrapped statement raises RehearsalTooLong where nothing is left.
    """

    def run(execute: Callable[..., Any], *statement: Any) -> Any:
        left = ceil((until - monotonic()) * 1_000)
        if left <= 0:
            raise too_long()
        execute(f"SET LOCAL statement_timeout = {left}", None, *statement[2:])
        return execute(*statement)

    return run


def too_long() -> RehearsalTooLong:
    """Return the refusal of a rehearsal that took too long."""
    return RehearsalTooLong(
        _(
            "There are so many bookings that the rehearsal was stopped. Nothing was "
            "changed. Please try again when less is going on."
        )
    )


def move_terms(terms: Terms, *, days: int) -> Terms:
    """Return terms whose days of travel and of booking are moved; they are not saved."""
    by = timedelta(days=days)
    moved = copy.copy(terms)
    moved.travel = [
        {"first": (first + by).isoformat(), "last": (last + by).isoformat()}
        for first, last in terms.periods
    ]
    if terms.booked_from and terms.booked_until:
        moved.booked_from, moved.booked_until = terms.booked_from + by, terms.booked_until + by
    return moved


def bookings_of(periods: list[tuple[date, date]]) -> QuerySet[Booking]:
    """Return the bookings with a day of travel from the first to the last of some periods."""
    days = [day for period in periods for day in period]
    return Booking.objects.filter(travel_date__range=(min(days), max(days)))


def rehearse_one(
    terms: Terms, bookings: QuerySet[Booking], *, entrants_of: Terms | None
) -> Rehearsal:
    """Judge bookings by terms, and forecast the draw.

    Args: ``entrants_of``: who entered that campaign takes part; None, or where nobody has to enter
        one of both, for everybody with a booking that counts.
    """
    kinds = count_kinds(terms, read_totals(terms, bookings, entrants_of=entrants_of))
    return Rehearsal(
        terms=terms,
        bookings=bookings.count(),
        reasons=eligibility.reason_counts(terms, bookings),
        forecast=forecast_draw(kinds, terms.plan, min_trials=MIN_TRIALS, max_read=MAX_READ),
    )


def read_totals(
    terms: Terms, bookings: QuerySet[Booking], *, entrants_of: Terms | None
) -> list[tuple[int, int, int]]:
    """Return total, bits of facts, and how many members in the draw have both."""
    members = eligible_members(terms).values("counting_total", "facts")
    query, values = name_values(
        *members.annotate(members=Count("*")).query.sql_with_params(), prefix="query"
    )
    summed = eligibility.totals(terms, bookings).query.sql_with_params()
    totals, more = name_values(*summed, prefix="total")
    participants: sql.Composable = EVERYBODY
    who: dict[str, Any] = {}
    if entrants_of is not None and entrants_of.entry_needed and terms.entry_needed:
        participants, who = compose_participants(entrants_of)
    statement = compose_sql(
        "lottery", "rehearsed_candidates", query=query, totals=totals, participants=participants
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, **more, **who})
        found: list[tuple[int, int, int]] = cursor.fetchall()
        return found


def count_kinds(terms: Terms, totals: list[tuple[int, int, int]]) -> dict[Kind, int]:
    """Return the number of members by lots and rewards."""
    plan = terms.plan
    members = [
        (lots_of(plan, total, facts_of(bits)), total, facts_of(bits), count)
        for total, bits, count in totals
    ]
    shares = shares_of(plan, sum(lots * count for lots, _total, _facts, count in members))
    kinds: Counter[Kind] = Counter()
    for lots, total, facts, count in members:
        rewards = rewards_of(plan, total, facts, shares=shares)
        kinds[lots, tuple(reward or 0 for reward in rewards)] += count
    return dict(kinds)
