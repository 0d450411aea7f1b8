"""Every campaign that ships is played to closed books over bookings whose results are known.

The same four members travel in each, and a fifth who does not enter; what they get is worked out by
hand beside each campaign.

| member | bookings | yen |
| --- | --- | --- |
| W-A | e5489, 大阪–敦賀–金沢 | 9,410 |
| W-B | EX, 新大阪–博多 and back, ticketless; one is refunded later | 31,200, then 15,600 |
| W-C | EX, 新大阪–博多, on paper | 15,600 |
| W-D | e5489, 新大阪–新神戸, 600 | 600 |
| W-N | as W-C, without an entry | 15,600 |
"""

import threading
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pytest_django import Settings

from bookings.definitions import BOOKINGS_2, EX_REGISTRATIONS
from config.celery import app
from core.clock import JAPAN
from dev.demo import bar, preparing, steps
from dev.demo.job import Job, load_job
from dev.demo.shipped import shipped_codes
from dev.demo.waiting import Workers
from entries.definitions import ENTRIES
from entries.standing import explain_member
from lottery.queries import latest_draw
from points.models import AwardStanding, Payout
from tests.feedfiles import Row, booking_row_2, registration_row, write_feed_file

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
DAY = timedelta(days=1)
SANYO, HOKURIKU = "のぞみ:新大阪>博多", "サンダーバード:大阪>敦賀|北陸新幹線:敦賀>金沢"
EX_MEMBERS = {"W-B": "X-B", "W-C": "X-C", "W-N": "X-N"}


class Expected(NamedTuple):
    """What a campaign gives, worked out by hand.

    ``rewards`` of those on the list, by prize; ``winners`` of each prize; ``total`` where everybody
    on the list wins, else None; ``credited``: what a winner is credited in the end, where it is not
    the reward, and None where a lot that is gone may have won.
    """

    rewards: dict[str, list[int]]
    lots: dict[str, int]
    winners: list[int]
    total: int | None
    credited: dict[str, int | None]


EXPECTED = {
    # All that was spent, at most 20,000; the budget holds it all.
    "012025121203": Expected(
        rewards={"W-A": [9_410], "W-B": [20_000], "W-C": [15_600]},
        lots={"W-A": 1, "W-B": 1, "W-C": 1},
        winners=[3],
        total=9_410 + 20_000 + 15_600,
        credited={"W-B": 15_600},
    ),
    # EX alone; at most 30,000 with a ticketless ride, else 10,000.
    "winter-2025-26": Expected(
        rewards={"W-B": [30_000], "W-C": [10_000]},
        lots={"W-B": 1, "W-C": 1},
        winners=[2],
        total=30_000 + 10_000,
        credited={"W-B": 15_600},
    ),
    # From 500 yen, at most 10,000; of four one in two wins.
    "june-2025": Expected(
        rewards={"W-A": [9_410], "W-B": [10_000], "W-C": [10_000], "W-D": [600]},
        lots=dict.fromkeys(("W-A", "W-B", "W-C", "W-D"), 1),
        winners=[2],
        total=None,
        credited={},
    ),
    # A lot for each 5,000 yen; all three win the first of five prizes.
    "monthly-2025-12": Expected(
        rewards={
            "W-A": [9_410, 10_000, 1_000, 500, 300],
            "W-B": [31_200, 10_000, 1_000, 500, 300],
            "W-C": [15_600, 10_000, 1_000, 500, 300],
        },
        lots={"W-A": 1, "W-B": 6, "W-C": 3},
        winners=[3, 0, 0, 0, 0],
        total=9_410 + 31_200 + 15_600,
        credited={"W-B": None},  # 15,600, or nothing where its lot 4, 5 or 6 won
    ),
    # A million for three: 333,333 each, and one point is left.
    "share-2021": Expected(
        rewards={"W-A": [333_333], "W-B": [333_333], "W-C": [333_333]},
        lots={"W-A": 1, "W-B": 1, "W-C": 1},
        winners=[3],
        total=999_999,
        credited={},
    ),
}
EXPECTED["monthly-2026-01"] = EXPECTED["monthly-2025-12"]


def report_nothing(_text: str) -> None:
    """Print nothing."""


@pytest.fixture
def _tasks_run_at_once() -> Iterator[None]:
    """Run every task where it is enqueued."""
    before = app.conf.task_always_eager
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = before


@pytest.fixture
def job(
    request: pytest.FixtureRequest,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    _tasks_run_at_once: None,
) -> Job:
    """Return the job of a campaign that ships, its feed files written."""
    settings.DEMO_MODE = settings.ALLOW_COMMAND_APPROVAL = True
    settings.LOCAL_STATE_DIR = tmp_path
    settings.FEED_INBOX = str(tmp_path / "demo" / "inbox")
    # The tests' database is migrated; to migrate, the owner connects, outside this transaction.
    monkeypatch.setattr(preparing, "call_command", lambda *_, **_options: None)
    setup = preparing.prepare(report_nothing, campaign=request.param)
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    made = load_job(
        code=setup.campaign,
        workers=Workers(bar.WatchedElsewhere(), threading.Event(), report_nothing, limit_s=60),
        state=tmp_path,
        folder=tmp_path / "demo",
        feeds=feeds,
        report=report_nothing,
    )
    write_feeds(made)
    return made


def write_feeds(job: Job) -> None:
    """Write the feed files of the five members, by the dates of the campaign."""
    opens_at = job.terms.opens_at.astimezone(JAPAN)
    travels_on, booked_at = job.terms.periods[0][0] + 3 * DAY, opens_at + timedelta(hours=1)
    registered = at(opens_at.date() - 9 * DAY)
    registrations = [
        registration_row(
            ex_member_no=number,
            member_kind="j_west_card_express",
            wester_id=member,
            points_registered_at="",
            updated_at=registered.isoformat(),
        )
        for member, number in EX_MEMBERS.items()
    ]
    entries = [
        {
            "wester_id": member,
            "campaign": job.code,
            "entered_at": booked_at.isoformat(),
            "channel": "app",
        }
        for member in ("W-A", "W-B", "W-C", "W-D")
    ]
    opened_on, rode_on = opens_at.date(), travels_on.isoformat()
    write(job, EX_REGISTRATIONS, registrations, opened_on)
    write(job, ENTRIES, entries, opened_on)
    tickets = [
        ticket("A1", HOKURIKU, 9_410, wester_id="W-A"),
        ticket("B1", SANYO, 15_600, ex_member_no="X-B", ticketing="ticketless"),
        ticket("B2", "のぞみ:博多>新大阪", 15_600, ex_member_no="X-B", ticketing="ticketless"),
        ticket("C1", SANYO, 15_600, ex_member_no="X-C"),
        ticket("D1", "のぞみ:新大阪>新神戸", 600, wester_id="W-D"),
        ticket("N1", SANYO, 15_600, ex_member_no="X-N"),
    ]
    common = {"booked_at": booked_at.isoformat(), "travel_date": rode_on}
    booked = [event(row, "booked", booked_at, operated_via="web", **common) for row in tickets]
    ridden_at = at(travels_on)
    used = [event(row, "used", ridden_at, operated_via="gate", **common) for row in tickets]
    refunded_at = job.schedule.frozen_at + timedelta(hours=3)
    refunded = event(tickets[2], "refunded", refunded_at, operated_via="counter", **common)
    write(job, BOOKINGS_2, booked, opened_on)
    write(job, BOOKINGS_2, used, travels_on)
    write(job, BOOKINGS_2, [refunded], refunded_at.date())


def at(day: date) -> datetime:
    """Return noon of a day in Japan."""
    return datetime.combine(day, time(12), JAPAN)


def ticket(reservation: str, journey: str, yen: int, **values: Any) -> dict[str, object]:
    """Return the row of a ticket on paper, of the EX service where it has an EX number."""
    is_ex = "ex_member_no" in values
    service = {"booking_service": "ex_yoyaku", "wester_id": ""} if is_ex else {}
    row = {"reservation_no": reservation, "journey": journey, "amount_yen": str(yen)}
    return booking_row_2(**{"ticketing": "paper"} | service | row | values)


def event(
    row: dict[str, object], event_type: str, occurred_at: datetime, **values: Any
) -> dict[str, object]:
    """Return an event of a ticket."""
    changed = {
        "event_id": f"{row['reservation_no']}-{event_type}",
        "event_type": event_type,
        "occurred_at": occurred_at.isoformat(),
    }
    return {**row, **changed, **values}


def write(job: Job, definition: Any, rows: Iterable[Row], day: date) -> None:
    """Write one feed file of a business date."""
    write_feed_file(job.feeds, rows, definition=definition, business_date=day.isoformat())


def test_every_campaign_that_ships_is_played() -> None:
    assert set(EXPECTED) == set(shipped_codes())


@pytest.mark.parametrize("job", shipped_codes(), indirect=True)
def test_the_results_are_those_worked_out_by_hand(job: Job) -> None:
    expected = EXPECTED[job.code]

    steps.run_all(job)

    draw = latest_draw(job.campaign)
    standing = {
        member: explain_member(campaign=job.campaign, wester_id=member)
        for member in ("W-A", "W-B", "W-C", "W-D", "W-N")
    }
    listed = {member: one for member, one in standing.items() if one.eligible}
    assert {member: one.rewards for member, one in listed.items()} == expected.rewards
    assert {member: one.lots for member, one in listed.items()} == expected.lots
    assert draw.winners == expected.winners
    awards = AwardStanding.objects.filter(draw=draw).order_by("wester_id")
    for award in awards:
        assert award.award_points == expected.rewards[award.wester_id][award.prize - 1]
        credited = expected.credited.get(award.wester_id, award.award_points)
        if credited is not None:
            assert award.credited_points == credited
    if expected.total is not None:
        assert draw.total_points == expected.total
        assert [award.wester_id for award in awards] == sorted(expected.rewards)
    check_lots(job, awards.filter(wester_id="W-B").first())
    assert Payout.objects.get(draw=draw).closed_at


def check_lots(job: Job, award: AwardStanding | None) -> None:
    """Check what became of the award of the member whose second ride was refunded.

    Where lots decided, three of six remain: the award is lowered, or lost with its lot.
    """
    if award is None or EXPECTED[job.code].credited.get("W-B", 0) is not None:
        return
    lot = award.award.lot
    assert award.credited_points == (15_600 if lot <= 3 else 0)
    assert award.reason == ("lower_total" if lot <= 3 else "lot_withdrawn")
