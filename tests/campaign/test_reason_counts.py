"""The counts of reasons that are stored once a run."""

from typing import Any

import pytest

from campaign import eligibility
from campaign.models import ReasonCount
from campaign.reason_counts import counts_of, last_runs, store_due_counts
from campaign.tasks import store_reason_counts
from tests.factories.bookings import BookingFactory
from tests.factories.totals import RunFactory
from tests.guards import refused_as

pytestmark = pytest.mark.django_db


def test_counts_are_stored_once_for_the_last_finished_run() -> None:
    BookingFactory.create(amount_yen=7_000)
    BookingFactory.create(amount_yen=3_000, cancelled=True)
    earlier = RunFactory.create(finished=True)
    run = RunFactory.create(campaign=earlier.campaign, finished=True)
    RunFactory.create(campaign=earlier.campaign)

    assert (store_reason_counts(), store_due_counts()) == (1, 0)

    assert [one.pk for one in last_runs()] == [run.pk]
    stored = counts_of(last_runs())[run.pk]
    assert {code: {"bookings": one.bookings, "yen": one.yen} for code, one in stored.items()} == (
        eligibility.reason_counts(run.terms)
    )
    assert (stored["counts"].yen, stored["cancelled"].yen) == (7_000, 3_000)


@pytest.mark.parametrize("values", [{"bookings": -1}, {"yen": -1}], ids=["bookings", "yen"])
def test_a_count_is_not_negative(values: dict[str, Any]) -> None:
    run = RunFactory.create(finished=True)
    ReasonCount.objects.create(run=run, code="counts", bookings=0, yen=0)
    with refused_as("reasoncount_not_negative"):
        ReasonCount.objects.create(run=run, code="pending", **({"bookings": 0, "yen": 0} | values))


def test_a_reason_is_counted_once_for_a_run() -> None:
    run = RunFactory.create(finished=True)
    ReasonCount.objects.create(run=run, code="counts", bookings=0, yen=0)
    ReasonCount.objects.create(run=run, code="pending", bookings=0, yen=0)
    with refused_as("reasoncount_once"):
        ReasonCount.objects.create(run=run, code="counts", bookings=1, yen=1)
