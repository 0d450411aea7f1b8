"""Both sides of every limit of the law on premiums, by worked numbers."""

from typing import Any

import pytest

from campaign.findings import Finding
from campaign.law import (
    check_law,
    is_given_to_all,
    largest_gift,
    plan_at_its_largest,
    winners_at_their_largest,
)
from campaign.plan import Fixed, Lots, Plan, Pool, Prize, Spent, Take, When

ALL = Take("all")


def plan(
    *prizes: tuple[Take, Any] | tuple[Take, Any, int], budget: int, minimum: int = 5_000
) -> Plan:
    """Return a plan of prizes: who takes each, its reward, and its own minimum if any."""
    numbered = (
        Prize(number, str(number), take, reward, own[0] if own else None)
        for number, (take, reward, *own) in enumerate(prizes, 1)
    )
    return Plan(minimum, Lots(), tuple(numbered), budget, "stop")


def found(plan: Plan, sales: int) -> list[tuple[str, str, bool]]:
    """Return code, field and weight of each finding."""
    findings = check_law(plan, expected_sales_yen=sales)
    return [(one.code, one.field, one.refuses) for one in findings]


GIFT = ("gift_too_large", True)
PRIZE = ("prize_too_large", True)
SHARE = ("prizes_above_share_of_sales", "budget_points", True)


@pytest.mark.parametrize(
    ("reward", "minimum", "sales", "needed"),
    [
        pytest.param(Spent(20, 500), 5_000, 1_000_000, 200_000, id="20 percent of what is sold"),
        pytest.param(Spent(15, 1), 1, 333, 50, id="15 percent of 333 yen are 49.95: 50 hold it"),
        pytest.param(Fixed(300), 5_000, 1_000_000, 60_000, id="300 for each 5,000 yen sold"),
        pytest.param(Fixed(7), 3_000, 10_000, 24, id="7 times 3.33 are 23.33: 24 hold it"),
        pytest.param(Pool(1_000, 10), 5_000, 10**12, 1_000, id="the points of a pool"),
    ],
)
def test_all_get_it_where_the_budget_holds_all(
    reward: Any, minimum: int, sales: int, needed: int
) -> None:
    holds = plan((ALL, reward), budget=needed, minimum=minimum)
    ends = plan((ALL, reward), budget=needed - 1, minimum=minimum)

    assert is_given_to_all(holds, expected_sales_yen=sales) is True
    assert is_given_to_all(ends, expected_sales_yen=sales) is False


def test_all_prizes_together_must_be_held() -> None:
    # 100,000 of what is spent, 60,000 of 300 for 5,000 yen, 30,000 from 10,000 yen on, a pool.
    prizes = (
        (ALL, Spent(10, 500)),
        (ALL, Fixed(300)),
        (ALL, Fixed(300), 10_000),
        (ALL, Pool(1_000)),
    )

    assert is_given_to_all(plan(*prizes, budget=191_000), expected_sales_yen=1_000_000)
    assert not is_given_to_all(plan(*prizes, budget=190_999), expected_sales_yen=1_000_000)


@pytest.mark.parametrize(
    "take", [Take("winners", 1), Take("one_in", 2)], ids=["some", "one in two"]
)
def test_a_draw_is_never_given_to_all(take: Take) -> None:
    drawn = plan((ALL, Fixed(1)), (take, Fixed(1)), budget=10**12)

    assert not is_given_to_all(drawn, expected_sales_yen=1_000)


@pytest.mark.parametrize(
    ("purchase", "largest"),
    [
        (1, 200),
        (999, 200),
        (1_000, 200),
        (1_004, 200),
        (1_005, 201),
        (5_000, 1_000),
        (10**6, 200_000),
    ],
)
def test_largest_gift(purchase: int, largest: int) -> None:
    assert largest_gift(purchase) == largest


GIFTS: list[tuple[str, Any, int, list[Any]]] = [
    ("20 percent", Spent(20, 10**6), 5_000, []),
    ("21 percent", Spent(21, 10**6), 5_000, [(GIFT[0], "prizes[0].reward.percent", True)]),
    ("200 points below 1,000 yen", Fixed(200), 999, []),
    ("201 points below 1,000 yen", Fixed(201), 999, [(GIFT[0], "prizes[0].reward.points", True)]),
    ("200 points of 1 yen", Fixed(200), 1, []),
    ("200 points of 1,000 yen", Fixed(200), 1_000, []),
    ("201 points of 1,004 yen", Fixed(201), 1_004, [(GIFT[0], "prizes[0].reward.points", True)]),
    ("201 points of 1,005 yen", Fixed(201), 1_005, []),
    ("1,000 points of 5,000 yen", Fixed(1_000), 5_000, []),
    (
        "1,001 points of 5,000 yen",
        Fixed(1_001),
        5_000,
        [(GIFT[0], "prizes[0].reward.points", True)],
    ),
    ("a pool capped at 20 percent", Pool(10**6, 1_000), 5_000, []),
    ("a pool capped above", Pool(10**6, 1_001), 5_000, [(GIFT[0], "prizes[0].reward.cap", True)]),
    ("a pool capped at 200 below 1,000 yen", Pool(10**6, 200), 999, []),
    (
        "a pool capped at 201 below 1,000 yen",
        Pool(10**6, 201),
        999,
        [(GIFT[0], "prizes[0].reward.cap", True)],
    ),
    (
        "a pool without a cap",
        Pool(10**6),
        5_000,
        [("pool_without_cap", "prizes[0].reward.cap", False)],
    ),
]


@pytest.mark.parametrize(
    ("reward", "minimum", "findings"), [row[1:] for row in GIFTS], ids=[row[0] for row in GIFTS]
)
def test_gift_to_all(reward: Any, minimum: int, findings: list[Any]) -> None:
    assert found(plan((ALL, reward), budget=10**12, minimum=minimum), sales=10**6) == findings


def test_gift_is_held_against_the_prize_s_own_minimum() -> None:
    at_5_000 = plan((ALL, Fixed(1_000)), budget=10**12, minimum=1_000)
    own = plan((ALL, Fixed(1_000), 5_000), budget=10**12, minimum=1_000)

    assert found(at_5_000, sales=10**6) == [(GIFT[0], "prizes[0].reward.points", True)]
    assert found(own, sales=10**6) == []


ONE = Take("winners", 1)
PLENTY = 10**12
LOTTERY: list[tuple[str, Any, int, list[Any]]] = [
    ("20 times 1 yen", Fixed(20), 1, []),
    ("21 times 1 yen", Fixed(21), 1, [(PRIZE[0], "prizes[0].reward.points", True)]),
    ("20 times 4,999 yen", Fixed(99_980), 4_999, []),
    ("above it", Fixed(99_981), 4_999, [(PRIZE[0], "prizes[0].reward.points", True)]),
    ("100,000 from 5,000 yen on", Fixed(100_000), 5_000, []),
    ("100,001 of 5,000 yen", Fixed(100_001), 5_000, [(PRIZE[0], "prizes[0].reward.points", True)]),
    ("100,001 of much", Fixed(100_001), 10**6, [(PRIZE[0], "prizes[0].reward.points", True)]),
    ("what was spent, to 100,000", Spent(100, 100_000), 1, []),
    ("ten times what was spent", Spent(1_000, 100_000), 1, []),
    ("above it", Spent(100, 100_001), 5_000, [(PRIZE[0], "prizes[0].reward.cap", True)]),
    ("another cap of 100,000", Spent(100, 1, (When(frozenset("a"), 100_000),)), 1, []),
    (
        "another cap above it",
        Spent(100, 1, (When(frozenset("a"), 100_001),)),
        1,
        [(PRIZE[0], "prizes[0].reward.cap", True)],
    ),
]


@pytest.mark.parametrize(
    ("reward", "minimum", "findings"), [row[1:] for row in LOTTERY], ids=[row[0] for row in LOTTERY]
)
def test_prize_of_a_lottery(reward: Any, minimum: int, findings: list[Any]) -> None:
    assert found(plan((ONE, reward), budget=PLENTY, minimum=minimum), sales=PLENTY) == findings


@pytest.mark.parametrize(
    ("pool", "findings"),
    [
        pytest.param(Pool(200_000, 100_000), [], id="a cap of 100,000"),
        pytest.param(
            Pool(200_000, 100_001), [(PRIZE[0], "prizes[1].reward.cap", True)], id="a cap above"
        ),
        pytest.param(Pool(100_000, 200_000), [], id="a pool below its cap"),
        pytest.param(Pool(100_000), [], id="a pool of 100,000 without a cap"),
        pytest.param(
            Pool(100_001), [("pool_without_cap", "prizes[1].reward.cap", False)], id="and above"
        ),
    ],
)
def test_pool_beside_a_lottery(pool: Pool, findings: list[Any]) -> None:
    both = plan((ONE, Fixed(1)), (ALL, pool), budget=10**6)

    assert found(both, sales=PLENTY) == findings


@pytest.mark.parametrize(
    ("prizes", "largest"),
    [
        pytest.param(
            [(Take("winners", 50), Fixed(100_000)), (Take("winners", 1_000), Fixed(10_000))],
            15_000_000,
            id="each number of winners by its points",
        ),
        pytest.param([(Take("winners", 3), Spent(100, 500))], 1_500, id="by the cap"),
        pytest.param(
            [(Take("winners", 3), Spent(100, 500, (When(frozenset("a"), 700),)))],
            2_100,
            id="by the greatest cap",
        ),
        pytest.param([(Take("one_in", 2), Fixed(1))], 99_999, id="the budget for one in two"),
        pytest.param(
            [(ONE, Fixed(1)), (ALL, Fixed(1))], 99_999, id="the budget where all take one"
        ),
    ],
)
def test_plan_at_its_largest(prizes: list[Any], largest: int) -> None:
    assert plan_at_its_largest(plan(*prizes, budget=99_999)) == largest


@pytest.mark.parametrize(
    ("take", "budget", "sales", "findings"),
    [
        pytest.param(Take("winners", 1_000), 1, 5_000_000, [], id="2 percent of sales"),
        pytest.param(Take("winners", 1_000), 1, 4_999_999, [SHARE], id="a yen less sold"),
        pytest.param(Take("winners", 1_001), 1, 5_000_000, [SHARE], id="a winner more"),
        pytest.param(Take("one_in", 2), 100_000_000, 5_000_000_000, [], id="a budget of 2 percent"),
        pytest.param(Take("one_in", 2), 100_000_001, 5_000_000_000, [SHARE], id="a point more"),
        pytest.param(ALL, 20_001, 1_000_050, [], id="all take until the budget ends"),
        pytest.param(ALL, 20_001, 1_000_049, [SHARE], id="and a yen less sold"),
    ],
)
def test_all_prizes_are_at_most_2_percent_of_sales(
    take: Take, budget: int, sales: int, findings: list[Any]
) -> None:
    drawn = plan((take, Spent(100, 100) if take is ALL else Fixed(100)), budget=budget)

    assert found(drawn, sales=sales) == findings


def test_a_prize_for_all_has_no_number_of_winners() -> None:
    assert winners_at_their_largest(plan((ALL, Fixed(5)), budget=1)) == 0


def test_finding_says_the_limit_and_what_it_comes_to() -> None:
    large = plan((Take("winners", 2), Fixed(100_001)), budget=1)

    assert check_law(large, expected_sales_yen=1_000) == [
        Finding(
            "prize_too_large",
            "prizes[0].reward.points",
            "The largest reward, 100,001 points, is above what the prize law allows here: "
            "100,000 yen for one prize of a lottery.",
        ),
        Finding(
            "prizes_above_share_of_sales",
            "budget_points",
            "All prizes may come to at most 2 percent of the expected sales, 20 points; "
            "these come to 200,002. Lower them, or the budget.",
        ),
    ]
