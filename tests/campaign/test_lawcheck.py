"""Both sides of each limit of the prize law, and of what is sane."""

from typing import Any

import pytest
from campaign.lawcheck import Finding, check_terms, largest_lawful_prize

from campaign.models import Terms
from tests.factories.campaign import FIRST_TERMS


def found(**changed: Any) -> list[str]:
    """Return the codes of what is wrong with the first campaign's terms, some numbers changed."""
    return [finding.code for finding in check_terms(Terms(**{**FIRST_TERMS, **changed}))]


@pytest.mark.parametrize(
    ("purchase_yen", "prize_yen"),
    [
        pytest.param(1, 20, id="20 times the smallest purchase"),
        pytest.param(4_999, 99_980, id="20 times a purchase just below 5,000 yen"),
        pytest.param(5_000, 100_000, id="100,000 yen from 5,000 yen on"),
        pytest.param(5_001, 100_000, id="and no more above"),
        pytest.param(1_000_000, 100_000, id="however large the purchase"),
    ],
)
def test_largest_lawful_prize(purchase_yen: int, prize_yen: int) -> None:
    assert largest_lawful_prize(purchase_yen) == prize_yen


def test_first_campaign_is_lawful_and_sane() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("minimum", "cap", "codes"),
    [
        (5_000, 100_000, []),
        (5_000, 100_001, ["prize_too_large"]),
        (4_999, 99_980, []),
        (4_999, 99_981, ["prize_too_large"]),
        (1, 20, []),
        (1, 21, ["prize_too_large"]),
    ],
)
def test_one_prize_is_at_most_20_times_the_purchase(
    minimum: int, cap: int, codes: list[str]
) -> None:
    assert found(minimum_total_yen=minimum, reward_cap_points=cap) == codes


@pytest.mark.parametrize(
    ("budget", "sales", "codes"),
    [
        (100_000_000, 5_000_000_000, []),
        (100_000_000, 4_999_999_999, ["prizes_above_share_of_sales"]),
        (100_000_001, 5_000_000_000, ["prizes_above_share_of_sales"]),
        (20_000, 1_000_000, []),
        (20_001, 1_000_049, ["prizes_above_share_of_sales"]),
        (20_001, 1_000_050, []),
        (2**53 - 1, 2**53 - 1, ["prizes_above_share_of_sales"]),
    ],
)
def test_all_prizes_are_at_most_2_percent_of_sales(
    budget: int, sales: int, codes: list[str]
) -> None:
    assert found(budget_points=budget, expected_sales_yen=sales) == codes


@pytest.mark.parametrize(("budget", "codes"), [(20_000, []), (19_999, ["budget_below_one_reward"])])
def test_budget_pays_for_one_reward(budget: int, codes: list[str]) -> None:
    assert found(budget_points=budget) == codes


@pytest.mark.parametrize(("cap", "codes"), [(5_000, []), (4_999, ["cap_below_minimum"])])
def test_cap_is_no_less_than_the_minimum(cap: int, codes: list[str]) -> None:
    assert found(reward_cap_points=cap) == codes


def test_findings_name_field_limit_and_whether_the_law_forbids_it() -> None:
    terms = Terms(
        **{
            **FIRST_TERMS,
            "minimum_total_yen": 100,
            "reward_cap_points": 2_001,
            "budget_points": 2_000,
            "expected_sales_yen": 1,
        }
    )

    assert check_terms(terms) == [
        Finding(
            "prize_too_large", "reward_cap_points: one prize may be at most 2,000 yen here.", True
        ),
        Finding(
            "prizes_above_share_of_sales",
            "budget_points: all prizes may be at most 2 percent of expected sales.",
            True,
        ),
        Finding(
            "budget_below_one_reward",
            "budget_points: the budget does not pay for one reward at the cap.",
            False,
        ),
    ]
