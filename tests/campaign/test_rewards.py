"""The formula of the reward: in Python, in PostgreSQL, and in a query of many."""

from dataclasses import dataclass

import pytest
from django.db import connection

from campaign.models import Total
from campaign.rewards import min_reward_points, reward_expression, reward_points

LARGEST = 9_007_199_254_740_991


@dataclass
class Limits:
    """The two numbers of the terms that the reward depends on."""

    minimum_total_yen: int = 5_000
    reward_cap_points: int = 20_000


TOTALS = [
    pytest.param(Limits(), 0, 0, id="no total"),
    pytest.param(Limits(), 4_999, 0, id="below the minimum"),
    pytest.param(Limits(), 5_000, 5_000, id="the minimum"),
    pytest.param(Limits(), 19_999, 19_999, id="below the cap"),
    pytest.param(Limits(), 20_000, 20_000, id="the cap"),
    pytest.param(Limits(), 20_001, 20_000, id="above the cap"),
    pytest.param(Limits(5_000, 3_000), 5_000, 3_000, id="a cap below the minimum"),
    pytest.param(Limits(1, LARGEST), LARGEST, LARGEST, id="the largest numbers of terms"),
]


@pytest.mark.parametrize(("terms", "total_yen", "points"), TOTALS)
def test_reward_points(terms: Limits, total_yen: int, points: int) -> None:
    assert reward_points(terms, total_yen) == points


@pytest.mark.parametrize(("terms", "total_yen", "points"), TOTALS)
@pytest.mark.django_db
def test_the_database_computes_the_same(terms: Limits, total_yen: int, points: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT campaign_reward_points(%s, %s, %s)",
            [total_yen, terms.minimum_total_yen, terms.reward_cap_points],
        )
        assert cursor.fetchone() == (points,)


@pytest.mark.django_db
def test_a_reward_of_no_total_is_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT campaign_reward_points(NULL, 5000, 20000)")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    ("terms", "least"),
    [
        pytest.param(Limits(), 5_000, id="the minimum"),
        pytest.param(Limits(5_000, 3_000), 3_000, id="the cap, where it is lower"),
    ],
)
def test_min_reward_points(terms: Limits, least: int) -> None:
    assert min_reward_points(terms) == least


@pytest.mark.django_db
def test_postgres_inlines_the_formula() -> None:
    rewards = Total.objects.values(reward=reward_expression(Limits(), "total_yen"))

    plan = rewards.explain(verbose=True)

    assert "CASE WHEN" in plan
    assert "campaign_reward_points" not in plan
