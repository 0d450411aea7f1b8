"""A forecast over numbers alone: right at the edges, plausible between, the same every time."""

from collections import Counter
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lottery.forecast import Spread, forecast_draw, percent_of, sample_rewards, spread_of
from lottery.forecast_plot import HEIGHT, WIDTH, plot_days

rewards_of_some = st.dictionaries(
    st.integers(min_value=1, max_value=20_000), st.integers(min_value=1, max_value=40), max_size=8
)
policies = st.sampled_from(["stop", "partial"])


def test_nobody_in_the_draw_uses_nothing() -> None:
    forecast = forecast_draw({}, budget=100, policy="stop")
    assert (forecast.entrants, forecast.reward_points) == (0, 0)
    assert forecast.winners == forecast.used_points == Spread(0, 0, 0)
    assert set(forecast.chance_percent) == {0}


def test_everybody_wins_where_the_budget_suffices_for_the_largest_rewards() -> None:
    forecast = forecast_draw({5_000: 3, 20_000: 2}, budget=100_000, policy="stop")
    assert forecast.winners == Spread(5, 5, 5)
    assert set(forecast.chance_percent) == {100}
    assert forecast.reward_points == 55_000


@pytest.mark.parametrize(
    ("policy", "used"), [pytest.param("stop", 95, id="stop"), pytest.param("partial", 99, id="all")]
)
def test_equal_rewards_leave_nothing_to_chance(policy: str, used: int) -> None:
    forecast = forecast_draw({5: 1_000}, budget=99, policy=policy)
    assert forecast.winners == Spread(19, 19, 19)
    assert forecast.used_points == Spread(used, used, used)
    assert set(forecast.chance_percent) == {1.9}


def test_no_reward_fits_into_a_small_budget() -> None:
    assert forecast_draw({5: 10}, budget=4, policy="stop").winners == Spread(0, 0, 0)


def test_the_middle_is_where_the_mean_reward_puts_it() -> None:
    forecast = forecast_draw({5_000: 50_000, 15_000: 50_000}, budget=10_000_000, policy="stop")
    assert forecast.winners.p10 < forecast.winners.p50 < forecast.winners.p90
    assert forecast.winners.p50 == pytest.approx(1_000, rel=0.01)
    assert forecast.used_percent[0] > 99.8


@settings(max_examples=15)
@given(rewards=rewards_of_some, budget=st.integers(min_value=1, max_value=300_000), policy=policies)
def test_a_forecast_is_in_bounds_and_repeats_itself(
    rewards: dict[int, int], budget: int, policy: str
) -> None:
    forecast = forecast_draw(rewards, budget=budget, policy=policy)
    assert forecast == forecast_draw(Counter(rewards), budget=budget, policy=policy)
    winners, used = forecast.winners, forecast.used_points
    assert 0 <= winners.p10 <= winners.p50 <= winners.p90 <= forecast.entrants
    assert 0 <= used.p10 <= used.p50 <= used.p90 <= budget


@pytest.mark.parametrize("entrants", [1, 999, 1_000, 1_001, 1_999, 2_000, 2_001])
def test_a_trial_draws_as_many_as_there_are_entrants(entrants: int) -> None:
    rewards = sample_rewards(Random(1), [5, 7], [1, 2], entrants)

    assert len(drawn := list(rewards)) == entrants
    assert set(drawn) <= {5, 7}
    assert forecast_draw({5: entrants}, budget=10**9, policy="stop").winners.p50 == entrants


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
