"""Two campaigns of a series at once, from feeds to closed books, beside plain Python."""

import copy
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db.models import Sum
from pytest_django import Settings

from bookings.definitions import BOOKINGS, BOOKINGS_2, FeedDefinition
from entries.definitions import ENTRIES, MEMBERSHIPS
from lottery.models import Draw
from points.models import Transfer
from tests.entries.feedfiles import entry_row, membership_row
from tests.factories.campaign import file_values
from tests.feedfiles import Row
from tests.lottery.reference import sha
from tests.lottery.verifying import verify
from tests.plays import evaluating
from tests.plays.evaluating import Entrant, File, Ride, Won
from tests.plays.organising import Organiser, cancelled, events_of, run_json

pytestmark = pytest.mark.django_db
MEMBERS = [f"M{number:03}" for number in range(90)]
OPENS = datetime.fromisoformat("2024-12-20T09:00:00+09:00")
PRIZE = file_values()["prizes"][0]
TIERS = [
    PRIZE
    | {"code": "pine", "take": {"winners": 3}, "minimum_total_yen": 20_000}
    | {"reward": {"kind": "fixed", "points": 9_000}},
    PRIZE
    | {"code": "plum", "take": {"one_in": 3}}
    | {
        "reward": {"kind": "spent", "percent": 50, "cap": 6_000}
        | {"cap_if": [{"when": ["ticketless"], "cap": 8_000}]}
    },
    PRIZE
    | {"code": "all", "beside": True, "reward": {"kind": "pool", "points": 30_000, "cap": 900}},
]


def campaign(code: str, course: str, **changed: Any) -> dict[str, Any]:
    """Return a campaign file of the series."""
    return copy.deepcopy(file_values()) | {
        "code": code,
        "series": {"code": "winter", "course": course, "carried": False},
        **changed,
    }


RED = campaign(
    "red",
    "red",
    lots={"yen": 5_000, "most": 4, "times": [{"when": ["ticketless"], "times": 2}]},
    prizes=TIERS,
    budget_points=90_000,
)
BLUE = campaign("blue", "blue", budget_points=100_000, edge="partial")
BLUE["closes_at"] = "2025-01-20T00:00:00+09:00"
BLUE["bookings"]["travel"] = [
    {"first": "2025-01-01", "last": "2025-01-03"},
    {"first": "2025-01-05", "last": "2025-01-12"},
]
Entries = dict[tuple[str, str], datetime]  # by member and campaign


def any_rides(random: Random) -> list[Ride]:
    days = [f"2024-12-{day}" for day in (25, 26, 31)] + [
        f"2025-01-{day:02}" for day in range(1, 14)
    ]
    amounts = (100, 2_500, 4_999, 5_000, 9_410, 12_345, 20_000, 31_000)
    return [
        Ride(
            member, random.choice(days), random.choice(amounts), random.choice((None, True, False))
        )
        for member in MEMBERS
        for _ in range(random.randrange(5))
    ]


def any_entries(random: Random) -> Entries:
    """Return entries to none, one or both, some at the same second."""
    return {
        (member, code): OPENS + timedelta(seconds=random.randrange(3))
        for member in MEMBERS
        for code in random.choice((["red"], ["blue"], ["red", "blue"], ["red", "blue"], []))
    }


def courses_of(entries: Entries, red_for_good: Collection[str] = ()) -> dict[str, str]:
    """Return each member's course: that of the earliest entry, on a tie of the smaller code."""
    earliest: dict[str, tuple[datetime, str]] = {}
    for (member, code), at in entries.items():
        earliest[member] = min(earliest.get(member, (at, code)), (at, code))
    return {member: code for member, (_at, code) in earliest.items()} | dict.fromkeys(
        red_for_good, "red"
    )


def seed_of(draw: Draw) -> bytes:
    manifest = bytes(draw.manifest)
    assert draw.round_json
    signature = bytes.fromhex(json.loads(bytes(draw.round_json))["signature"])
    number = json.loads(manifest)["beacon"]["round"]
    return sha(
        b"pointdraw/seed/v2\x00" + sha(manifest) + number.to_bytes(8, "big") + sha(signature)
    )


def check_draw(
    file: File, expected: Mapping[str, Entrant], drawn: Any
) -> tuple[dict[str, list[Won]], bool]:
    """Compare list and awards with those in plain Python; return these."""
    draw = Draw.objects.get(campaign__code=file["code"])
    rows = draw.entrants.values_list("wester_id", "total_yen", "lots", "mask", "rewards")
    assert {row[0]: row[1:] for row in rows} == {
        one.member: (one.total, one.lots, one.mask, [*one.rewards]) for one in expected.values()
    }
    pids = dict(draw.entrants.values_list("wester_id", "pid"))
    order = evaluating.order_of(
        expected, {member: bytes(pid) for member, pid in pids.items()}, seed_of(draw)
    )
    awards, ended = evaluating.draw(file, order)
    stored = draw.awards.values_list("entrant__wester_id", "prize", "points", "lot")
    assert set(stored) == {
        (member, won.prize, won.points, won.lot)
        for member, all_won in awards.items()
        for won in all_won
    }
    assert drawn["total_points"] == sum(won.points for one in awards.values() for won in one)
    return awards, ended


def credited(code: str) -> dict[tuple[str, int], int]:
    """Return what stands of the credits of a campaign, by member and prize."""
    standing = Transfer.objects.filter(
        kind="credit", award__draw__campaign__code=code, reversals=None
    )
    rows = standing.values_list("award__entrant__wester_id", "award__prize")
    return {(member, prize): points for member, prize, points in rows.annotate(Sum("points"))}


def forfeited(code: str) -> dict[tuple[str, int], str]:
    """Return why awards of a campaign were forfeited, by member and prize."""
    rows = Transfer.objects.filter(kind="forfeit", award__draw__campaign__code=code).values_list(
        "award__entrant__wester_id", "award__prize", "reason"
    )
    return {(member, prize): reason for member, prize, reason in rows}


@dataclass
class Side:
    """One of the two campaigns, with its list and what was won, as plain Python says."""

    file: File
    entrants: dict[str, Entrant] = field(default_factory=dict)
    awards: dict[str, list[Won]] = field(default_factory=dict)
    ended: bool = False

    @property
    def code(self) -> str:
        return str(self.file["code"])

    def draw(self, organiser: Organiser, rides: list[Ride], courses: Mapping[str, str]) -> None:
        """Draw among those whose course it is, and compare list and awards."""
        entered = [member for member, course in courses.items() if course == self.code]
        self.entrants = evaluating.entrants_of(self.file, rides, entered)
        drawn = organiser.draw(dict(self.file))
        self.awards, self.ended = check_draw(self.file, self.entrants, drawn)

    def check_credits(self, kept: list[Ride], left: Collection[str]) -> None:
        """Compare what was credited, and why other awards were forfeited."""
        lots_total = sum(one.lots for one in self.entrants.values())
        paid, reasons = {}, {}
        for member, won in (
            (member, won) for member, all_won in self.awards.items() for won in all_won
        ):
            today = evaluating.total_of(self.file, kept, member)
            points, reason = evaluating.credit_of(
                self.file, won, today, lots_total, ended=self.ended
            )
            if member in left:
                points, reason = 0, "withdrawn"
            if points:
                paid[member, won.prize] = points
            else:
                reasons[member, won.prize] = reason
        assert credited(self.code) == paid
        assert forfeited(self.code) == reasons

    def close(self, results: Path, folder: Path) -> None:
        """Settle and close the books; an outsider accepts the draw."""
        run_json("payout", "settle", self.code, results)
        run_json("payout", "close", self.code)
        assert run_json("payout", "status", self.code)["open"] == 0
        run_json("draw", "export", self.code, "--output", folder)
        outcome = verify(folder)
        assert outcome.status == 0, outcome.lines


def deliver_rides(organiser: Organiser, rides: Iterable[tuple[int, Ride]]) -> None:
    """Deliver numbered rides, those of either version in a file of their own."""
    for definition, rows in by_version(
        (events_of([ride], first=place), ride) for place, ride in rides
    ):
        organiser.deliver(rows, definition=definition)


def deliver_losses(organiser: Organiser, rides: Iterable[tuple[int, Ride]]) -> None:
    """Deliver word that these rides were refunded."""
    for definition, rows in by_version(([cancelled(ride, place)], ride) for place, ride in rides):
        organiser.deliver(rows, definition=definition)


def by_version(
    events: Iterable[tuple[list[Row], Ride]],
) -> list[tuple[FeedDefinition, list[Row]]]:
    """Divide events by the version that can say of a ride what is known."""
    found: dict[bool, list[Row]] = {False: [], True: []}
    for rows, ride in events:
        found[ride.ticketless is not None] += rows
    return [(BOOKINGS, found[False]), (BOOKINGS_2, found[True])]


def deliver_entries(organiser: Organiser, entries: Entries) -> None:
    organiser.deliver(
        (
            entry_row(wester_id=member, campaign=code, entered_at=at.isoformat())
            for (member, code), at in entries.items()
        ),
        definition=ENTRIES,
    )


def deliver_leavers(organiser: Organiser, left: Collection[str]) -> None:
    organiser.deliver(
        (
            membership_row(wester_id=one, status="withdrawn", changed_at="2025-02-13T00:00:00Z")
            for one in left
        ),
        definition=MEMBERSHIPS,
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", range(2))
def test_two_campaigns_come_to_what_plain_python_says(
    number: int, settings: Settings, tmp_path: Path
) -> None:
    random, red, blue = Random(number), Side(RED), Side(BLUE)
    organiser = Organiser(settings, tmp_path)
    organiser.at("2024-12-05T09:00:00+09:00")
    organiser.publish(RED)
    organiser.publish(BLUE)
    rides, entries = [*enumerate(any_rides(random), 1)], any_entries(random)
    organiser.at("2025-01-13T09:00:00+09:00")
    deliver_rides(organiser, rides)
    deliver_entries(organiser, entries)
    red.draw(organiser, [ride for _, ride in rides], courses_of(entries))

    # Known late, but made first: who stands on the list of red is of its course for good.
    late = {(member, "blue"): OPENS - timedelta(days=1) for member in random.sample(MEMBERS, 30)}
    deliver_entries(organiser, late)
    assert {member for member, _ in late} & red.entrants.keys()
    courses = courses_of(entries | late, red_for_good=red.entrants)
    blue.draw(organiser, [ride for _, ride in rides], courses)
    assert not red.entrants.keys() & blue.entrants.keys()

    organiser.at("2025-02-14T09:00:00+09:00")
    winners = sorted(member for member, won in (red.awards | blue.awards).items() if won)
    *left, unlucky = random.sample(winners, 7)
    # Who wins, keys that are new in each run decide: one of the winners loses all.
    lost = random.sample(rides, 30)
    lost += [one for one in rides if one[1].member == unlucky and one not in lost]
    deliver_losses(organiser, lost)
    deliver_leavers(organiser, left)
    organiser.at("2025-02-15T10:00:00+09:00")
    rows = [*organiser.pay("red"), *organiser.pay("blue")]
    kept = [ride for place, ride in rides if (place, ride) not in lost]
    red.check_credits(kept, left)
    blue.check_credits(kept, left)

    rejected = min(row["credit_key"] for row in rows)
    results = organiser.answer(
        (
            (row["credit_key"], "rejected", row["points"], "unknown member")
            if row["credit_key"] == rejected
            else (row["credit_key"], "credited", row["points"], "")
        )
        for row in rows
    )
    red.close(results, tmp_path / "red")
    blue.close(results, tmp_path / "blue")

    verified = run_json("ledger", "verify")
    assert verified["ok"], verified
    assert sum((credited("red") | credited("blue")).values()) == sum(
        int(row["points"]) for row in rows if row["credit_key"] != rejected
    )
    reasons = {*forfeited("red").values(), *forfeited("blue").values()}
    assert reasons >= {"withdrawn", "below_minimum", "rejected"}
