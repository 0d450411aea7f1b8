"""Run an aggregation, and read what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from campaign import aggregation, queries, reports
from campaign.facts import facts_of
from campaign.models import AggregationRun, Campaign, Terms, Total
from tests.campaign.oracle import Sum, csv_of, oracle_of_everything
from tests.factories.bookings import JAPAN

NOW = datetime(2024, 12, 28, 3, tzinfo=JAPAN)
LATER = NOW + timedelta(minutes=1)
FULL, INCREMENTAL = "full", "incremental"


def run(campaign: Campaign, **options: Any) -> AggregationRun:
    """Start a run, compute it without other workers and finish it."""
    started, is_new = aggregation.start_run(campaign=campaign, as_of=NOW, **options)
    assert is_new
    aggregation.compute_shards(started)
    assert aggregation.finish_run(started, at=LATER)
    return started


def totals(campaign: Campaign) -> dict[str, tuple[int, int, int]]:
    """Return all totals: yen, bookings, awaited yen."""
    columns = ("wester_id", "total_yen", "bookings", "awaiting_yen")
    return {member: (*sums,) for member, *sums in campaign.totals.values_list(*columns)}


def stored_sums(campaign: Campaign) -> dict[str, Sum]:
    """Return all totals with their facts."""
    rows = campaign.totals.values_list(
        "wester_id", "total_yen", "bookings", "awaiting_yen", "facts"
    )
    return {
        member: Sum(total_yen, bookings, awaiting_yen, frozenset(facts_of(bits)))
        for member, total_yen, bookings, awaiting_yen, bits in rows
    }


def export(campaign: Campaign) -> bytes:
    return b"".join(reports.export_totals(campaign))


def expected(terms: Terms) -> dict[str, Sum]:
    """Return what the written rules make of the database."""
    oracle, bookings = oracle_of_everything(terms)
    return oracle.totals(bookings)


def assert_right(campaign: Campaign) -> None:
    """Compare rows and export with the written rules, whichever run wrote them."""
    sums = expected(queries.working_terms(campaign))
    assert stored_sums(campaign) == sums
    assert export(campaign) == csv_of(sums)


def begin(campaign: Campaign) -> AggregationRun:
    """Start a run that no worker computes yet."""
    started, is_new = aggregation.start_run(campaign=campaign, as_of=NOW)
    assert is_new
    return started


@contextmanager
def held_total(wester_id: str) -> Iterator[None]:
    """Lock one member's total: a worker that has computed another waits before it writes that."""
    with transaction.atomic():
        Total.objects.select_for_update().get(wester_id=wester_id)
        yield
