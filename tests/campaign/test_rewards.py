"""Lots and rewards by a plan of prizes, worked by hand; queries compute them inside PostgreSQL."""

from typing import Any

import pytest

from campaign.models import Total
from campaign.plan import Fixed, Lots, Plan, Pool, Prize, Spent, Take, When
from campaign.reward_columns import lots_column, mask_column, rewards_column
from campaign.rewards import (
    largest_reward,
    least_reward,
    lots_of,
    reward_of,
    rewards_of,
    share_of,
    shares_of,
)

TICKETLESS, EX = frozenset({"ticketless"}), frozenset({"ex_yoyaku", "smart_ex"})
LARGEST = 10**12
ONE_LOT = Lots()
TWENTY = Lots(yen=5_000, most=20)
TIMES = Lots(yen=5_000, most=20, times=(When(EX, 3), When(TICKETLESS, 2)))
SPENT = Spent(100, 20_000)
CAPS = Spent(50, 10_000, (When(TICKETLESS, 30_000), When(EX | TICKETLESS, 40_000)))


def plan_of(*rewards: Any, lots: Lots = ONE_LOT, **values: Any) -> Plan:
    """Return a plan from 5,000 yen on in which everybody wins each of these rewards."""
    prizes = (
        Prize(number, str(number), Take("all"), reward, **values)
        for number, reward in enumerate(rewards, 1)
    )
    return Plan(5_000, lots, tuple(prizes), budget_points=LARGEST, edge="stop")


@pytest.mark.parametrize(
    ("lots", "total_yen", "facts", "expected"),
    [
        pytest.param(ONE_LOT, 4_999, (), 0, id="below the minimum"),
        pytest.param(ONE_LOT, 5_000, (), 1, id="the minimum"),
        pytest.param(ONE_LOT, LARGEST, (), 1, id="one lot, however much was spent"),
        pytest.param(Lots(yen=5_001, most=9), 5_000, (), 1, id="one at least for an entrant"),
        pytest.param(TWENTY, 4_999, (), 0, id="none for who is no entrant"),
        pytest.param(TWENTY, 9_999, (), 1, id="rounded down"),
        pytest.param(TWENTY, 10_000, (), 2, id="a second lot"),
        pytest.param(TWENTY, 100_000, (), 20, id="the most"),
        pytest.param(TWENTY, 105_000, (), 20, id="no more than the most"),
        pytest.param(TIMES, 105_000, TICKETLESS, 40, id="multiplied after the most"),
        pytest.param(TIMES, 10_000, {"ex_yoyaku"}, 2, id="not all facts of an item"),
        pytest.param(TIMES, 10_000, EX, 6, id="all facts of an item"),
        pytest.param(TIMES, 10_000, EX | TICKETLESS, 6, id="the first item that fits"),
        pytest.param(TIMES, 4_999, TICKETLESS, 0, id="nothing multiplied is nothing"),
    ],
)
def test_lots_of(lots: Lots, total_yen: int, facts: Any, expected: int) -> None:
    assert lots_of(plan_of(SPENT, lots=lots), total_yen, facts) == expected


@pytest.mark.parametrize(
    ("reward", "total_yen", "facts", "points"),
    [
        pytest.param(SPENT, 4_999, (), 0, id="below the minimum"),
        pytest.param(SPENT, 5_000, (), 5_000, id="the minimum"),
        pytest.param(SPENT, 19_999, (), 19_999, id="below the cap"),
        pytest.param(SPENT, 20_000, (), 20_000, id="the cap"),
        pytest.param(SPENT, 20_001, (), 20_000, id="above the cap"),
        pytest.param(Spent(100, 3_000), 5_000, (), 3_000, id="a cap below the minimum"),
        pytest.param(Spent(3, 20_000), 5_099, (), 152, id="a share is rounded down"),
        pytest.param(Spent(1_000, LARGEST), LARGEST, (), LARGEST, id="the largest numbers"),
        pytest.param(CAPS, 20_001, (), 10_000, id="the cap of who has no fact"),
        pytest.param(CAPS, 20_002, TICKETLESS, 10_001, id="another cap by a fact"),
        pytest.param(CAPS, 90_000, TICKETLESS | EX, 30_000, id="the first cap that fits"),
        pytest.param(Fixed(300), 4_999, (), 0, id="fixed, below the minimum"),
        pytest.param(Fixed(300), 5_000, TICKETLESS, 300, id="fixed points"),
    ],
)
def test_reward_of(reward: Any, total_yen: int, facts: Any, points: int) -> None:
    plan = plan_of(reward)

    assert reward_of(plan, plan.prizes[0], total_yen, facts, lots=1) == points
    assert rewards_of(plan, total_yen, facts) == [points]


@pytest.mark.parametrize(
    ("total_yen", "points"), [(5_000, 0), (9_999, 0), (10_000, 300)], ids=["least", "below", "it"]
)
def test_a_prize_has_its_own_minimum(total_yen: int, points: int) -> None:
    plan = plan_of(Fixed(300), minimum_total_yen=10_000)

    assert rewards_of(plan, total_yen, ()) == [points]
    assert lots_of(plan, total_yen, ()) == 1


@pytest.mark.parametrize(
    ("pool", "lots_total", "total_yen", "points"),
    [
        pytest.param(Pool(100), 3, 5_000, 33, id="one lot of three"),
        pytest.param(Pool(100), 3, 10_000, 66, id="two lots of three, each rounded down"),
        pytest.param(Pool(100), 101, 10_000, 0, id="less than a point for a lot"),
        pytest.param(Pool(100), 1, 5_000, 100, id="all of it"),
        pytest.param(Pool(100, cap=50), 3, 10_000, 50, id="its cap"),
        pytest.param(Pool(100, cap=66), 3, 10_000, 66, id="not above its cap"),
        pytest.param(Pool(100), 3, 4_999, 0, id="below the minimum"),
    ],
)
def test_a_pool_is_shared_by_lots(pool: Pool, lots_total: int, total_yen: int, points: int) -> None:
    plan = plan_of(pool, lots=TWENTY)

    assert rewards_of(plan, total_yen, (), shares=shares_of(plan, lots_total)) == [points]


def test_the_share_of_a_pool_is_not_known_before_the_freeze() -> None:
    plan = plan_of(Fixed(1), Pool(100))

    assert rewards_of(plan, 5_000, ()) == [1, None]
    assert rewards_of(plan, 4_999, ()) == [0, 0]
    assert shares_of(plan, 3) == {2: 33}
    assert share_of(Pool(100), 0) == 0


@pytest.mark.parametrize(
    ("reward", "largest", "least"),
    [
        pytest.param(SPENT, 20_000, 5_000, id="the cap, and the minimum"),
        pytest.param(CAPS, 40_000, 2_500, id="the greatest of the caps"),
        pytest.param(Spent(100, 9_000, (When(EX, 7),)), 9_000, 7, id="the least of the caps"),
        pytest.param(Fixed(300), 300, 300, id="fixed points"),
        pytest.param(Pool(100), 100, 0, id="a whole pool, or none of it"),
        pytest.param(Pool(100, cap=60), 60, 0, id="the cap of a pool"),
        pytest.param(Pool(100, cap=160), 100, 0, id="a pool below its cap"),
    ],
)
def test_largest_and_least_reward(reward: Any, largest: int, least: int) -> None:
    plan = plan_of(reward)

    assert largest_reward(plan.prizes[0]) == largest
    assert least_reward(plan, plan.prizes[0]) == least


@pytest.mark.django_db
def test_postgres_inlines_the_formulas() -> None:
    plan = plan_of(CAPS, Fixed(300), Pool(100, cap=7), SPENT, lots=TIMES)
    found = Total.objects.values(
        lots=lots_column(plan),
        rewards=rewards_column(plan, shares={3: 33}),
        mask=mask_column(plan, shares={3: 33}),
    )

    explained = found.explain(verbose=True)

    assert "CASE WHEN" in explained
    assert "campaign_" not in explained.replace("campaign_total", "")


@pytest.mark.django_db
def test_one_lot_and_one_prize_cost_one_case() -> None:
    plan = plan_of(SPENT)
    found = Total.objects.values(lots=lots_column(plan), rewards=rewards_column(plan))

    explained = found.explain(verbose=True)

    assert explained.count("CASE") == 2
    assert "GREATEST" not in explained
