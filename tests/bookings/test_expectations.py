"""When feeds are expected: who changes it, and what the database refuses."""

from datetime import datetime
from typing import Any

import pytest

from bookings.expectations import UnknownFeed, change_expectation, find_expectations, next_due
from bookings.models import FeedExpectation
from core.approvals import NotPermitted
from core.models import AuditRecord
from entries.feeds import FEEDS
from tests.approving import person
from tests.factories.bookings import JAPAN
from tests.guards import refused_as

pytestmark = pytest.mark.django_db
AT = datetime(2024, 12, 20, 9, tzinfo=JAPAN)  # a Friday


def test_every_nightly_feed_is_expected_at_first() -> None:
    expected = find_expectations()

    assert [one.feed for one in expected] == sorted(FEEDS)
    assert {(one.by_hour, *one.days_without) for one in expected} == {(2,)}


def test_ops_change_an_expectation_and_the_audit_records_it() -> None:
    actor = person("ops")
    for _ in range(2):
        change_expectation(feed="bookings", by_hour=5, days_without=[7, 6, 7], at=AT, actor=actor)

    changed = FeedExpectation.objects.get(feed="bookings")
    assert (changed.by_hour, changed.days_without) == (5, [6, 7])
    [record] = AuditRecord.objects.filter(action="feed.expectation_changed")
    assert (record.subject, record.user) == ("bookings", actor.user)
    assert record.detail == {
        "before": {"by_hour": 2, "days_without": []},
        "by_hour": 5,
        "days_without": [6, 7],
    }


@pytest.mark.parametrize(
    ("role", "feed", "refusal"),
    [
        pytest.param("campaign", "bookings", NotPermitted, id="not ops"),
        pytest.param("ops", "credit_results", UnknownFeed, id="never expected by the hour"),
    ],
)
def test_an_expectation_is_not_changed(role: str, feed: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        change_expectation(feed=feed, by_hour=5, days_without=[], at=AT, actor=person(role))

    assert {one.by_hour for one in find_expectations()} == {2}


@pytest.mark.parametrize(
    ("days_without", "due"),
    [
        pytest.param([], datetime(2024, 12, 21, 2, tzinfo=JAPAN), id="the next day"),
        pytest.param([6, 7], datetime(2024, 12, 23, 2, tzinfo=JAPAN), id="after the weekend"),
        pytest.param(
            [1, 2, 3, 4, 6, 7], datetime(2024, 12, 27, 2, tzinfo=JAPAN), id="a week later"
        ),
        pytest.param(range(1, 8), None, id="never"),
    ],
)
def test_the_next_file_is_due_on_a_day_that_may_not_lack_one(
    days_without: Any, due: datetime | None
) -> None:
    expected = FeedExpectation(feed="x", by_hour=2, days_without=[*days_without])

    assert next_due(expected, AT) == due
    if due:
        assert next_due(expected, due) == due


@pytest.mark.parametrize(
    ("values", "name"),
    [
        pytest.param({"by_hour": -1}, "feedexpectation_hour_of_a_day", id="hour -1"),
        pytest.param({"by_hour": 24}, "feedexpectation_hour_of_a_day", id="hour 24"),
        pytest.param({"days_without": [0]}, "feedexpectation_weekdays_from_1_to_7", id="day 0"),
        pytest.param({"days_without": [8]}, "feedexpectation_weekdays_from_1_to_7", id="day 8"),
    ],
)
def test_the_database_refuses_other_hours_and_days(values: dict[str, Any], name: str) -> None:
    row = FeedExpectation.objects.filter(feed="bookings")
    for edge in ({"by_hour": 0}, {"by_hour": 23}, {"days_without": [1, 7]}):
        row.update(**edge)
    with refused_as(name):
        row.update(**values)
