"""A forecast over numbers alone: right at the edges, plausible between, the same every time."""

from collections import Counter
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.plan import Edge, Fixed, Lots, Plan, Prize, Take
from lottery import forecast as module
from lottery.forecast import Kind, Spread, forecast_draw, percent_of, sample_order, spread_of
from lottery.forecast_plot import HEIGHT, WIDTH, plot_days

ALL = Take("all")
kinds_of_some = st.dictionaries(
    st.tuples(
        st.integers(min_value=1, max_value=6),
        st.tuples(*[st.integers(min_value=0, max_value=20_000)] * 2),
    ),
    st.integers(min_value=1, max_value=40),
    max_size=8,
)
takes = st.one_of(
    st.just(ALL),
    st.builds(Take, st.just("winners"), st.integers(1, 60)),
    st.builds(Take, st.just("one_in"), st.integers(2, 9)),
)


def plan_of(*takes: Take, budget: int, edge: Edge = "stop") -> Plan:
    """Return a plan of these prizes; the rewards are those of the entrants."""
    prizes = tuple(
        Prize(number, str(number), take, Fixed(1)) for number, take in enumerate(takes or [ALL], 1)
    )
    return Plan(1, Lots(), prizes, budget, edge)


def one_lot(rewards: dict[int, int]) -> dict[Kind, int]:
    """Return entrants of one lot and one prize, by their rewards."""
    return {(1, (reward,)): count for reward, count in rewards.items()}


def test_nobody_in_the_draw_uses_nothing() -> None:
    forecast = forecast_draw({}, plan_of(ALL, ALL, budget=100))
    assert (forecast.entrants, forecast.reward_points) == (0, 0)
    assert forecast.winners == (Spread(0, 0, 0),) * 2
    assert forecast.members == forecast.used_points == Spread(0, 0, 0)
    assert set(forecast.chance_percent) == {0}


def test_everybody_wins_where_the_budget_suffices_for_the_largest_rewards() -> None:
    forecast = forecast_draw(one_lot({5_000: 3, 20_000: 2}), plan_of(budget=100_000))
    assert forecast.winners == (Spread(5, 5, 5),)
    assert forecast.members == Spread(5, 5, 5)
    assert set(forecast.chance_percent) == {100}
    assert forecast.reward_points == 55_000


@pytest.mark.parametrize(
    ("edge", "used"), [pytest.param("stop", 95, id="stop"), pytest.param("partial", 99, id="all")]
)
def test_equal_rewards_leave_nothing_to_chance(edge: Edge, used: int) -> None:
    forecast = forecast_draw(one_lot({5: 1_000}), plan_of(budget=99, edge=edge))
    assert forecast.winners == (Spread(19, 19, 19),)
    assert forecast.used_points == Spread(used, used, used)
    assert set(forecast.chance_percent) == {1.9}


def test_no_reward_fits_into_a_small_budget() -> None:
    assert forecast_draw(one_lot({5: 10}), plan_of(budget=4)).winners == (Spread(0, 0, 0),)


def test_the_middle_is_where_the_mean_reward_puts_it() -> None:
    forecast = forecast_draw(one_lot({5_000: 50_000, 15_000: 50_000}), plan_of(budget=10_000_000))
    (winners,) = forecast.winners
    assert winners.p10 < winners.p50 < winners.p90
    assert winners.p50 == pytest.approx(1_000, rel=0.01)
    assert forecast.used_percent[0] > 99.8


def test_each_prize_has_its_winners() -> None:
    kinds: dict[Kind, int] = {(1, (900, 5)): 100, (1, (0, 5)): 100}
    plan = plan_of(Take("winners", 30), Take("one_in", 4), budget=10**9)
    forecast = forecast_draw(kinds, plan)
    assert forecast.winners == (Spread(30, 30, 30), Spread(50, 50, 50))
    assert forecast.members == Spread(80, 80, 80)
    assert set(forecast.chance_percent) == {40}


def test_who_has_more_lots_wins_more_often() -> None:
    """Nine of ten lots are those of one half: of the first thousand, nine in ten."""
    kinds: dict[Kind, int] = {(1, (1,)): 50_000, (9, (0,)): 50_000}
    order = sample_order(Random(1), kinds)
    rare = sum(next(order) == (1,) for _ in range(1_000))
    assert rare == pytest.approx(100, abs=40)


def test_an_order_has_as_many_of_each_kind_as_there_are() -> None:
    kinds: dict[Kind, int] = {(1, (1,)): 20_000, (4, (2,)): 20_000, (9, (3,)): 20_000}
    order = list(sample_order(Random(1), kinds))
    assert len(order) == 60_000
    for rewards in ((1,), (2,), (3,)):
        assert order.count(rewards) == pytest.approx(20_000, rel=0.03)


@settings(max_examples=15)
@given(
    kinds=kinds_of_some,
    takes=st.tuples(takes, takes),
    budget=st.integers(min_value=1, max_value=300_000),
    edge=st.sampled_from(["stop", "partial"]),
)
def test_a_forecast_is_in_bounds_and_repeats_itself(
    kinds: dict[Kind, int], takes: tuple[Take, Take], budget: int, edge: Edge
) -> None:
    plan = plan_of(*takes, budget=budget, edge=edge)
    forecast = forecast_draw(kinds, plan)
    assert forecast == forecast_draw(Counter(kinds), plan)
    used = forecast.used_points
    for winners in (*forecast.winners, forecast.members):
        assert 0 <= winners.p10 <= winners.p50 <= winners.p90 <= forecast.entrants
    assert 0 <= used.p10 <= used.p50 <= used.p90 <= budget


@pytest.mark.parametrize("entrants", [1, 999, 1_000, 1_001, 1_999, 2_000, 2_001])
@pytest.mark.parametrize("lots", [(1, 1), (1, 3)], ids=["one lot each", "three lots of some"])
def test_a_trial_draws_as_many_as_there_are_entrants(entrants: int, lots: tuple[int, int]) -> None:
    one, other = lots
    kinds: dict[Kind, int] = {(one, (5,)): entrants // 2, (other, (7,)): entrants - entrants // 2}
    kinds = {kind: count for kind, count in kinds.items() if count}
    drawn = list(sample_order(Random(1), kinds))

    assert len(drawn) == entrants
    assert set(drawn) <= {(5,), (7,)}
    assert forecast_draw(kinds, plan_of(budget=10**9)).winners[0].p50 == entrants


@pytest.mark.parametrize(("max_read", "trials"), [(1_000, module.MIN_TRIALS), (10_000, 101)])
def test_fewer_trials_are_made_where_each_reads_much(max_read: int, trials: int) -> None:
    plan, kinds = plan_of(budget=10**9), one_lot({5: 100})
    assert len(list(module.simulate_draws(kinds, plan, max_read=max_read))) == trials


@pytest.mark.parametrize(
    ("outcomes", "spread"),
    [
        ([], Spread(0, 0, 0)),
        ([7], Spread(7, 7, 7)),
        ([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], Spread(1, 5, 9)),
        (list(range(1, 101)), Spread(10, 50, 90)),
    ],
)
def test_spread_of_takes_the_nearest_rank(outcomes: list[int], spread: Spread) -> None:
    assert spread_of(outcomes) == spread


def test_percent_of_nothing_is_nothing() -> None:
    assert percent_of(Spread(1, 2, 3), 0) == (0, 0, 0)
    assert percent_of(Spread(1, 2, 3), 300) == (0.33, 0.67, 1.0)


def test_plot_days_spans_the_days_and_the_values() -> None:
    plot = plot_days(
        "winners", [(date(2024, 12, 28), (0, 5, 10)), (date(2024, 12, 30), (10, 15, 20))]
    )
    assert plot.line == f"0.0,{HEIGHT * 0.75:.1f} {WIDTH:.1f},{HEIGHT * 0.25:.1f}"
    assert plot.band.split() == ["0.0,80.0", "600.0,0.0", "600.0,80.0", "0.0,160.0"]
    assert (plot.max_value, plot.first, plot.last) == (20, date(2024, 12, 28), date(2024, 12, 30))


def test_plot_days_of_one_day_of_nothing_stays_on_the_ground() -> None:
    plot = plot_days("winners", [(date(2024, 12, 28), (0, 0, 0))])
    assert plot.line == f"0.0,{HEIGHT:.1f}"
