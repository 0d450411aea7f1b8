"""The recheck of each kind of prize, by hand on both sides of every edge, and against a model."""

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from django.db.models import F

from bookings.models import Booking
from lottery.models import Award, Draw
from points import preparing
from points.models import Payout
from points.verifying import verify_ledger
from tests.factories.lottery import closed_campaign
from tests.points.recheck_model import Drawn, Member, expected_end
from tests.points.steps import confirmed, ends, leave, lower, pay, prepare, prepared

pytestmark = pytest.mark.django_db
BELOW = "below_minimum"
SPENT = {"percent": 50, "cap": 8_000, "minimum_total_yen": 6_000}
FIXED = {"kind": "fixed", "points": 300}
POOL = {"kind": "pool", "points": 1_000}
LOTS = {"lots_yen": 1_000, "lots_most": 10, "minimum_total_yen": 1_000}
TICKETLESS = [{"when": ["ticketless"], "cap": 12_000}]


def ticket(wester_id: str, ticketing: str) -> None:
    """Change how the member's bookings are ticketed."""
    Booking.objects.filter(wester_id=wester_id).update(
        ticketing=ticketing,
        ticketing_at=F("latest_occurred_at"),
        ticketing_event_id=F("latest_event_id"),
    )


def pay_after(ready: Payout, today: Mapping[str, int]) -> dict[tuple[str, int], Any]:
    """Pay when the members have these totals; return what became of each award."""
    for member, yen in today.items():
        lower(member, to=yen)
    pay(ready)
    assert verify_ledger().ok
    return ends(ready.draw)


@pytest.mark.parametrize(
    ("frozen", "today", "end"),
    [
        pytest.param(10_000, 10_000, (5_000, 0, 0, ""), id="as at the freeze"),
        pytest.param(10_000, 12_000, (5_000, 0, 0, ""), id="more than then"),
        pytest.param(10_001, 10_000, (5_000, 0, 0, ""), id="a yen that made no point"),
        pytest.param(10_000, 9_999, (4_999, 1, 0, "lower_total"), id="a yen that made a point"),
        pytest.param(20_000, 16_000, (8_000, 0, 0, ""), id="down to the cap"),
        pytest.param(20_000, 15_999, (7_999, 1, 0, "lower_total"), id="below the cap"),
        pytest.param(10_000, 6_000, (3_000, 2_000, 0, "lower_total"), id="the prize's minimum"),
        pytest.param(10_000, 5_999, (0, 0, 5_000, BELOW), id="below the prize's minimum"),
        pytest.param(10_000, 0, (0, 0, 5_000, BELOW), id="nothing counts"),
    ],
)
def test_a_share_of_what_was_spent_is_that_of_today(
    frozen: int, today: int, end: tuple[int, int, int, str]
) -> None:
    ready = prepared({"W1": frozen, "W2": 6_000}, prizes=[SPENT])

    assert pay_after(ready, {"W1": today}) == {("W1", 1): end, ("W2", 1): (3_000, 0, 0, "")}


@pytest.mark.parametrize(
    ("now", "end"),
    [
        pytest.param("ticketless", (12_000, 0, 0, ""), id="still ticketless"),
        pytest.param("paper", (8_000, 4_000, 0, "lower_total"), id="not ticketless any more"),
    ],
)
def test_the_cap_is_that_of_todays_facts(now: str, end: tuple[int, int, int, str]) -> None:
    campaign = closed_campaign({"W1": 30_000}, prizes=[{**SPENT, "cap_if": TICKETLESS}])
    ticket("W1", "ticketless")
    ready = prepare(confirmed({}, campaign=campaign))
    ticket("W1", now)

    assert pay_after(ready, {}) == {("W1", 1): end}


def test_a_fact_that_came_later_raises_nothing() -> None:
    ready = prepared({"W1": 30_000}, prizes=[{**SPENT, "cap_if": TICKETLESS}])
    ticket("W1", "ticketless")

    assert pay_after(ready, {}) == {("W1", 1): (8_000, 0, 0, "")}


@pytest.mark.parametrize(
    ("today", "end"),
    [
        pytest.param(5_000, (300, 0, 0, ""), id="the minimum"),
        pytest.param(4_999, (0, 0, 300, BELOW), id="below the minimum"),
    ],
)
def test_fixed_points_stay_or_go(today: int, end: tuple[int, int, int, str]) -> None:
    ready = prepared({"W1": 9_000}, prizes=[FIXED])

    assert pay_after(ready, {"W1": today}) == {("W1", 1): end}


@pytest.mark.parametrize(
    ("cap", "today", "end"),
    [  # 1,000 points for 15 lots: 66 a lot, 10 of which W1 had
        pytest.param(None, 10_000, (660, 0, 0, ""), id="as at the freeze"),
        pytest.param(None, 20_000, (660, 0, 0, ""), id="more than then"),
        pytest.param(None, 9_999, (594, 66, 0, "lower_total"), id="a lot less"),
        pytest.param(None, 1_000, (66, 594, 0, "lower_total"), id="one lot"),
        pytest.param(None, 999, (0, 0, 660, BELOW), id="below the minimum"),
        pytest.param(500, 8_000, (500, 0, 0, ""), id="down to the cap"),
        pytest.param(500, 7_999, (462, 38, 0, "lower_total"), id="below the cap"),
    ],
)
def test_a_share_of_a_pool_is_by_todays_lots_and_the_frozen_share(
    cap: int | None, today: int, end: tuple[int, int, int, str]
) -> None:
    """Nobody's share rises where another's lots went, and no winning lot is asked for."""
    ready = prepared({"W1": 10_000, "W2": 5_500}, prizes=[{**POOL, "cap": cap}], **LOTS)

    assert pay_after(ready, {"W1": today}) == {("W1", 1): end, ("W2", 1): (330, 0, 0, "")}


MANY = {f"W{number}": 10_000 for number in range(9)}
BY_LOTS = [
    pytest.param({"take": "winners", "take_count": 8}, 10**6, id="winners"),
    pytest.param({"take": "one_in", "take_count": 2}, 10**6, id="one in"),
    pytest.param({"take": "all"}, 9 * 300 - 1, id="all, ended by the budget"),
]


def drawn_by_a_late_lot(draw: Draw) -> Award:
    """Return the award of the greatest winning lot; with so many members it is never the first."""
    award = draw.awards.select_related("entrant").order_by("-lot", "rank")[0]
    assert award.lot > 1
    return award


@pytest.mark.parametrize(("take", "budget"), BY_LOTS)
@pytest.mark.parametrize("edge", ["stop", "partial"])
@pytest.mark.parametrize("is_there", [True, False], ids=["its last yen", "a yen less"])
def test_the_winning_lot_must_be_there(
    is_there: bool, edge: str, take: dict[str, Any], budget: int
) -> None:
    terms = {**LOTS, "budget_points": budget, "edge": edge, "prizes": [FIXED | take]}
    ready = prepared(MANY, **terms)
    award = drawn_by_a_late_lot(ready.draw)
    member, points = award.entrant.wester_id, award.points

    found = pay_after(ready, {member: award.lot * 1_000 - (not is_there)})

    end = (points, 0, 0, "") if is_there else (0, 0, points, "lot_withdrawn")
    assert found == {**found, (member, 1): end}
    assert {end[3] for key, end in found.items() if key != (member, 1)} == {""}


@pytest.mark.parametrize(
    "prize",
    [
        pytest.param({**FIXED, "take": "all"}, id="all, and the budget held"),
        pytest.param({**POOL, "points": 2_700, "take": "all"}, id="a pool"),
    ],
)
def test_no_winning_lot_is_asked_for_where_everybody_won(prize: dict[str, Any]) -> None:
    ready = prepared(MANY, **LOTS, budget_points=2_700, prizes=[prize])
    award = drawn_by_a_late_lot(ready.draw)
    member = award.entrant.wester_id

    found = pay_after(ready, {member: award.lot * 1_000 - 1})

    assert not ready.ended_by_budget
    assert "lot_withdrawn" not in {end[3] for end in found.values()}


def test_a_pool_in_a_plan_that_the_budget_ended_asks_for_no_winning_lot() -> None:
    prizes = [{**POOL, "points": 2_700}, {**FIXED, "beside": True}]
    ready = prepared(MANY, **LOTS, budget_points=2_700, prizes=prizes)
    award = drawn_by_a_late_lot(ready.draw)

    found = pay_after(ready, {award.entrant.wester_id: award.lot * 1_000 - 1})

    assert ready.ended_by_budget
    assert {end[3] for end in found.values()} == {"", "lower_total"}


@pytest.mark.parametrize(
    ("left", "today", "reason"),
    [
        pytest.param(True, 999, "withdrawn", id="left, too little, without the lot"),
        pytest.param(False, 999, BELOW, id="too little, without the lot"),
        pytest.param(False, 1_000, "lot_withdrawn", id="without the lot"),
    ],
)
def test_the_first_reason_applies(left: bool, today: int, reason: str) -> None:
    ready = prepared(MANY, **LOTS, prizes=[{**FIXED, "take": "winners", "take_count": 9}])
    award = drawn_by_a_late_lot(ready.draw)
    member = award.entrant.wester_id
    if left:
        leave(member)

    assert pay_after(ready, {member: today})[member, 1] == (0, 0, 300, reason)


def test_lots_are_multiplied_by_todays_facts() -> None:
    times = [{"when": ["ticketless"], "times": 50}]
    campaign = closed_campaign(
        {"W1": 5_000}, lots_times=times, prizes=[{**FIXED, "take": "winners", "take_count": 1}]
    )
    ticket("W1", "ticketless")
    ready = prepare(confirmed({}, campaign=campaign))
    lot = ready.draw.awards.get().lot
    ticket("W1", "paper")

    end = (0, 0, 300, "lot_withdrawn") if lot > 1 else (300, 0, 0, "")
    assert pay_after(ready, {}) == {("W1", 1): end}


def test_each_award_of_a_member_is_rechecked_by_itself() -> None:
    """Lots decided only who won the first prize."""
    prizes = [
        {**FIXED, "take": "winners", "take_count": 9, "minimum_total_yen": 2_000},
        {**POOL, "beside": True},
        {**FIXED, "points": 7, "beside": True, "minimum_total_yen": 10_000},
    ]
    ready = prepared(MANY, **LOTS, prizes=prizes)
    award = drawn_by_a_late_lot(ready.draw)
    member, yen = award.entrant.wester_id, award.lot * 1_000 - 1
    share = 1_000 // 90

    found = pay_after(ready, {member: yen})

    lots = award.lot - 1
    first = (0, 0, 300, BELOW if yen < 2_000 else "lot_withdrawn")
    assert {prize: found[member, prize] for prize in (1, 2, 3)} == {
        1: first,
        2: (lots * share, (10 - lots) * share, 0, "lower_total"),
        3: (0, 0, 7, BELOW),
    }
    assert len(found) == 27
    assert ready.awards == 27


@pytest.mark.parametrize(
    ("budget", "edge", "is_ended"),
    [
        pytest.param(900, "stop", False, id="it fits"),
        pytest.param(899, "stop", True, id="a point too little"),
        pytest.param(899, "partial", True, id="the last gets what is left"),
        pytest.param(600, "partial", True, id="nothing is left for the last"),
        pytest.param(1, "stop", True, id="nobody's fits"),
    ],
)
def test_whether_the_budget_ended_the_plan_is_read_from_its_result(
    budget: int, edge: str, is_ended: bool
) -> None:
    members = {"W1": 5_000, "W2": 5_000, "W3": 5_000}
    draw = confirmed(members, budget_points=budget, edge=edge, prizes=[FIXED])

    assert prepare(draw).ended_by_budget is is_ended


def test_a_prize_with_enough_winners_is_not_ended_by_the_budget() -> None:
    prizes = [{**FIXED, "take": "winners", "take_count": 2}]

    assert not prepared({"W1": 5_000, "W2": 5_000, "W3": 5_000}, prizes=prizes).ended_by_budget
    assert not prepared({}, prizes=prizes).ended_by_budget


def any_prizes(random: Random) -> list[dict[str, Any]]:
    """Return a plan of up to four prizes of any kinds."""
    return [any_prize(random) for _ in range(random.randint(1, 4))]


def any_prize(random: Random) -> dict[str, Any]:
    kind = random.choice(["spent", "fixed", "pool"])
    take = "all" if kind == "pool" else random.choice(["all", "winners", "one_in"])
    prize = {
        "kind": kind,
        "take": take,
        "take_count": None if take == "all" else random.randint(2, 4),
        "beside": take == "all" and random.random() < 0.5,
    }
    if kind != "pool":
        prize["minimum_total_yen"] = random.choice([None, 1_000, 2_500])
    if kind == "spent":
        caps = [{"when": ["ticketless"], "cap": random.choice([100, 900])}]
        return prize | {
            "percent": random.choice([1, 33, 100]),
            "cap": random.choice([5, 700]),
            "cap_if": random.choice([[], caps]),
        }
    return prize | {"points": random.choice([7, 500])} | ({"cap": 40} if kind == "pool" else {})


def any_total(random: Random) -> int:
    return random.choice([0, 999, 1_000, 1_001, 1_999, 2_000, 2_499, 2_500, 3_000, 9_999, 10_000])


@pytest.mark.parametrize("seed", range(12))
def test_any_plan_is_rechecked_as_the_model_says(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(seed)
    monkeypatch.setattr(preparing, "AWARDS_PER_PART", random.randint(1, 20))
    times = [{"when": ["e5489", "ticketless"], "times": 3}]
    members = {f"W{number}": any_total(random) or 1_000 for number in range(16)}
    campaign = closed_campaign(
        members,
        **LOTS,
        lots_times=random.choice([[], times]),
        budget_points=random.choice([600, 2_000, 10**9]),
        edge=random.choice(["stop", "partial"]),
        prizes=any_prizes(random),
    )
    for member in members:
        ticket(member, random.choice(["paper", "ticketless"]))
    ready = prepare(confirmed({}, campaign=campaign))
    today = {member: change(random, member) for member in members}
    drawn = {
        (award.entrant.wester_id, award.prize): Drawn(
            prize=award.prize,
            points=award.points,
            lot=award.lot,
            lots_total=ready.draw.lots_total,
            ended_by_budget=did_not_fit(ready.draw),
        )
        for award in ready.draw.awards.select_related("entrant")
    }

    pay(ready)

    terms = ready.draw.terms
    assert ends(ready.draw) == {
        key: expected_end(terms, today[key[0]], one) for key, one in drawn.items()
    }
    assert verify_ledger().ok


def change(random: Random, member: str) -> Member:
    """Change some of what a member booked, or let them leave; return what they are today."""
    booking = Booking.objects.get(wester_id=member)
    if random.random() < 0.6:
        lower(member, to=any_total(random))
        ticket(member, random.choice(["paper", "ticketless"]))
        booking.refresh_from_db()
    has_left = random.random() < 0.1
    if has_left:
        leave(member)
    facts = {"e5489"} | ({"ticketless"} if booking.ticketing == "ticketless" else set())
    counts = not booking.cancelled
    return Member(booking.amount_yen if counts else 0, facts if counts else (), has_left)


def did_not_fit(draw: Draw) -> bool:
    """Return whether a line of winners.csv got less than its reward."""
    lines = bytes(draw.winners_csv or b"").decode().splitlines()[1:]
    return any(line.split(",")[3] != line.split(",")[4] for line in lines)
