"""Run an aggregation, and read what came of it."""

from datetime import datetime, timedelta
from typing import Any

from campaign import aggregation, queries, reports
from campaign.models import AggregationRun, Campaign, Terms
from tests.campaign.oracle import Sum, csv_of, oracle_of_everything
from tests.factories.bookings import JAPAN

NOW = datetime(2024, 12, 28, 3, tzinfo=JAPAN)
LATER = NOW + timedelta(minutes=1)
FULL, INCREMENTAL = "full", "incremental"


def run(campaign: Campaign, **options: Any) -> AggregationRun:
    """Start a run, work on it alone and finish it."""
    started, is_new = aggregation.start_run(campaign=campaign, as_of=NOW, **options)
    assert is_new
    aggregation.work_on(started)
    assert aggregation.finish(started, at=LATER)
    return started


def totals(campaign: Campaign) -> dict[str, tuple[int, int, int]]:
    """Return all totals: yen, bookings, awaited yen."""
    columns = ("wester_id", "total_yen", "bookings", "awaiting_yen")
    return {member: (*sums,) for member, *sums in campaign.totals.values_list(*columns)}


def export(campaign: Campaign) -> bytes:
    return b"".join(reports.export_totals(campaign))


def expected(terms: Terms) -> dict[str, Sum]:
    """Return what the written rules make of what the database holds."""
    oracle, bookings = oracle_of_everything(terms)
    return oracle.totals(bookings)


def assert_right(campaign: Campaign) -> None:
    """Compare rows and export with the written rules, whichever run wrote them."""
    sums = expected(queries.working_terms(campaign))
    assert totals(campaign) == {
        member: (one.total_yen, one.bookings, one.awaiting_yen) for member, one in sums.items()
    }
    assert export(campaign) == csv_of(sums)
