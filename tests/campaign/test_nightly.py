"""The nights of a campaign: when a run is due, and how nights without one are reported."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from campaign import aggregation, nightly, reports
from campaign.models import AggregationRun, Campaign
from tests.campaign.runs import LATER, run
from tests.factories.bookings import JAPAN
from tests.factories.campaign import CampaignFactory, TermsFactory
from tests.factories.totals import RunFactory

pytestmark = pytest.mark.django_db
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
Logged = Callable[[Callable[[], object], str], list[dict[str, object]]]
FIRST_NIGHT, LAST_NIGHT = date(2024, 12, 11), date(2025, 2, 15)


def three(day: date) -> datetime:
    """Return the instant from which a night's run is due."""
    return datetime(day.year, day.month, day.day, 3, tzinfo=JAPAN)


@pytest.fixture
def campaign() -> Campaign:
    """Return the first campaign: open from 12-10 12:00, credited on 02-15 10:00."""
    return CampaignFactory.create(published=True)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Logged:
    """Return a function that does something and returns the lines of one event that it logs."""

    def lines(do: Callable[[], object], event: str) -> list[dict[str, object]]:
        caplog.clear()
        do()
        found = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
        return [line for line in found if line["event"] == event]

    return lines


def hold(night: date) -> list[AggregationRun]:
    """Do what happens at 03:00 of a night, to the end."""
    runs = nightly.start_due_runs(now=three(night))
    for one in runs:
        aggregation.compute_shards(one)
        aggregation.finish_run(one, at=three(night))
    return runs


@pytest.mark.parametrize(
    ("now", "last"),
    [
        pytest.param(datetime(2024, 12, 10, 12, tzinfo=JAPAN), None, id="as it opens"),
        pytest.param(three(FIRST_NIGHT) - SECOND, None, id="a second before the first night's run"),
        pytest.param(three(FIRST_NIGHT), FIRST_NIGHT, id="the first night's run"),
        pytest.param(
            three(date(2024, 12, 12)) - SECOND, FIRST_NIGHT, id="a second before the next"
        ),
        pytest.param(three(date(2024, 12, 12)), date(2024, 12, 12), id="the next"),
        pytest.param(three(LAST_NIGHT) - SECOND, date(2025, 2, 14), id="before the last"),
        pytest.param(three(LAST_NIGHT), LAST_NIGHT, id="the last, before points are credited"),
        pytest.param(three(date(2025, 2, 16)), LAST_NIGHT, id="the night after that: no more"),
        pytest.param(three(date(2026, 4, 1)), LAST_NIGHT, id="a year later"),
    ],
)
def test_nights_are_due_from_the_opening_to_the_crediting(
    now: datetime, last: date | None, campaign: Campaign
) -> None:
    nights = reports.nights_due(campaign, now=now)

    assert (nights[-1] if nights else None) == last
    assert nights == [FIRST_NIGHT + timedelta(days=n) for n in range(len(nights))]


@pytest.mark.parametrize(
    ("opens_at", "first"),
    [
        pytest.param(datetime(2024, 12, 10, 2, 59, 59, tzinfo=JAPAN), 10, id="a second before 3"),
        pytest.param(datetime(2024, 12, 10, 3, tzinfo=JAPAN), 11, id="at 3"),
        pytest.param(datetime(2024, 12, 10, 23, 59, 59, tzinfo=JAPAN), 11, id="before midnight"),
    ],
)
def test_the_first_night_comes_after_the_opening(opens_at: datetime, first: int) -> None:
    terms = TermsFactory.create(published=True, opens_at=opens_at, public_at=opens_at)

    nights = reports.nights_due(terms.campaign, now=three(date(2024, 12, 11)))

    assert nights[0] == date(2024, 12, first)


def test_no_night_is_due_before_the_publication() -> None:
    late = TermsFactory.create(
        published=True, published_at=datetime(2024, 12, 12, 9, tzinfo=JAPAN)
    ).campaign
    draft = CampaignFactory.create(draft=True)
    TermsFactory.create(
        campaign=late, published=True, published_at=datetime(2024, 12, 20, 9, tzinfo=JAPAN)
    )

    assert reports.nights_due(late, now=three(date(2024, 12, 13))) == [date(2024, 12, 13)]
    assert reports.nights_due(draft, now=three(date(2024, 12, 13))) == []
    assert nightly.start_due_runs(now=three(FIRST_NIGHT)) == []


def test_start_due_runs_starts_each_night_once(campaign: Campaign) -> None:
    assert nightly.start_due_runs(now=three(FIRST_NIGHT) - SECOND) == []
    (first,) = hold(FIRST_NIGHT)
    assert nightly.start_due_runs(now=three(FIRST_NIGHT) + timedelta(minutes=1)) == []
    (second,) = hold(date(2024, 12, 12))

    assert [(one.night, one.mode) for one in (first, second)] == [
        (FIRST_NIGHT, "full"),
        (date(2024, 12, 12), "incremental"),
    ]
    assert first.as_of == three(FIRST_NIGHT)


def test_start_due_runs_returns_what_is_unfinished_every_time(campaign: Campaign) -> None:
    """Messages may be lost and workers killed; the next minute calls again."""
    draft = CampaignFactory.create(draft=True)
    by_ops, _ = aggregation.start_run(campaign=draft, as_of=LATER)
    (first, second) = nightly.start_due_runs(now=three(FIRST_NIGHT))

    assert (first, second.night) == (by_ops, FIRST_NIGHT)
    assert nightly.start_due_runs(now=three(FIRST_NIGHT) + timedelta(minutes=1)) == [first, second]
    assert nightly.start_due_runs(now=three(date(2024, 12, 12))) == [first, second]


def test_a_run_of_ops_delays_the_night_and_does_not_replace_it(campaign: Campaign) -> None:
    by_ops, _ = aggregation.start_run(campaign=campaign, as_of=LATER)

    assert hold(FIRST_NIGHT) == [by_ops]
    (tonight,) = hold(FIRST_NIGHT)

    assert (by_ops.night, tonight.night) == (None, FIRST_NIGHT)


def test_every_published_campaign_has_its_nights(campaign: Campaign) -> None:
    other = CampaignFactory.create(published=True)
    ended = TermsFactory.create(
        published=True,
        travel_first=date(2024, 1, 1),
        travel_last=date(2024, 1, 2),
        public_at=datetime(2024, 1, 1, tzinfo=JAPAN),
        opens_at=datetime(2024, 1, 1, tzinfo=JAPAN),
        closes_at=datetime(2024, 1, 2, tzinfo=JAPAN),
        credit_at=datetime(2024, 1, 3, tzinfo=JAPAN),
        published_at=datetime(2023, 12, 1, tzinfo=JAPAN),
    ).campaign

    runs = nightly.start_due_runs(now=three(FIRST_NIGHT))

    assert [(one.campaign, one.night) for one in runs] == [
        (campaign, FIRST_NIGHT),
        (other, FIRST_NIGHT),
        (ended, date(2024, 1, 2)),
    ]


def test_a_missed_night_is_reported_once(campaign: Campaign, logged: Logged) -> None:
    hold(FIRST_NIGHT)
    after_two = three(date(2024, 12, 14))
    assert reports.missed_nights(campaign, now=after_two) == [
        date(2024, 12, 12),
        date(2024, 12, 13),
    ]

    (line,) = logged(lambda: hold(date(2024, 12, 14)), "nights_missed")
    assert line["campaign"] == campaign.code
    assert line["nights"] == ["2024-12-12", "2024-12-13"]
    assert line["level"] == "error"
    assert logged(lambda: hold(date(2024, 12, 14)), "nights_missed") == []
    assert logged(lambda: hold(date(2024, 12, 15)), "nights_missed") == []
    (line,) = logged(lambda: hold(date(2024, 12, 17)), "nights_missed")
    assert line["nights"] == ["2024-12-16"]
    assert len(reports.missed_nights(campaign, now=three(date(2024, 12, 17)))) == 3


@pytest.mark.parametrize(
    ("now", "missed"),
    [
        pytest.param(three(date(2024, 12, 12)), [], id="as it is due"),
        pytest.param(three(date(2024, 12, 12)) + HOUR - SECOND, [], id="within the hour"),
        pytest.param(three(date(2024, 12, 12)) + HOUR, [12], id="an hour late"),
        pytest.param(three(date(2024, 12, 13)) + HOUR - SECOND, [12], id="before the next is"),
        pytest.param(three(date(2024, 12, 13)) + HOUR, [12, 13], id="two of them"),
    ],
)
def test_a_night_is_missed_after_an_hour(
    now: datetime, missed: list[int], campaign: Campaign
) -> None:
    hold(FIRST_NIGHT)

    assert reports.missed_nights(campaign, now=now) == [date(2024, 12, day) for day in missed]


def test_nothing_is_reported_while_another_run_is_unfinished(
    campaign: Campaign, logged: Logged
) -> None:
    RunFactory.create(campaign=campaign)

    again = three(date(2024, 12, 14))
    for event in ("nights_missed", "aggregation_started"):
        assert logged(lambda: nightly.start_due_runs(now=again), event) == []


def test_the_first_night_reports_those_before_it(campaign: Campaign, logged: Logged) -> None:
    run(campaign)

    (line,) = logged(lambda: hold(date(2024, 12, 13)), "nights_missed")

    assert line["nights"] == ["2024-12-11", "2024-12-12"]
