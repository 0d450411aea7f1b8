"""Check by their numbers that terms are lawful and sane."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _

# 景品表示法, 一般懸賞: one prize at most 20 times the purchase, and 100,000 yen from 5,000 yen on;
# all prizes at most 2 % of the expected sales.
TIMES_THE_PURCHASE = 20
LARGE_PURCHASE_YEN = 5_000
MAX_PRIZE_YEN = 100_000
SHARE_OF_SALES_PERCENT = 2


class Numbers(Protocol):
    """The terms that the findings depend on."""

    opens_at: datetime
    closes_at: datetime
    minimum_total_yen: int
    reward_cap_points: int
    budget_points: int
    expected_sales_yen: int


@dataclass(frozen=True)
class Finding:
    """One fault of the terms: its code, a sentence, and whether the law forbids it."""

    code: str
    message: str
    unlawful: bool


def check_terms(terms: Numbers) -> list[Finding]:
    """Return what is wrong with terms; empty where they are lawful and sane.

    Source: docs/specs/eligibility.md 4.
    """
    largest_prize = largest_lawful_prize(terms.minimum_total_yen)
    share = terms.budget_points * 100 > terms.expected_sales_yen * SHARE_OF_SALES_PERCENT
    judged = [
        (terms.reward_cap_points > largest_prize, _prize_too_large(largest_prize)),
        (share, _prizes_above_share_of_sales()),
        (terms.budget_points < terms.reward_cap_points, _budget_below_one_reward()),
        (terms.reward_cap_points < terms.minimum_total_yen, _cap_below_minimum()),
    ]
    return [finding for applies, finding in judged if applies]


def _prize_too_large(limit_yen: int) -> Finding:
    sentence = _("reward_cap_points: one prize may be at most %(limit)s yen here.")
    return Finding("prize_too_large", sentence % {"limit": f"{limit_yen:,}"}, unlawful=True)


def _prizes_above_share_of_sales() -> Finding:
    sentence = _("budget_points: all prizes may be at most %(percent)s percent of expected sales.")
    return Finding(
        "prizes_above_share_of_sales",
        sentence % {"percent": SHARE_OF_SALES_PERCENT},
        unlawful=True,
    )


def _budget_below_one_reward() -> Finding:
    sentence = _("budget_points: the budget does not pay for one reward at the cap.")
    return Finding("budget_below_one_reward", sentence, unlawful=False)


def _cap_below_minimum() -> Finding:
    sentence = _("reward_cap_points: every winner would get less than was spent.")
    return Finding("cap_below_minimum", sentence, unlawful=False)


def largest_lawful_prize(purchase_yen: int) -> int:
    """Return the largest lawful prize, in yen, for a lottery tied to this purchase."""
    if purchase_yen >= LARGE_PURCHASE_YEN:
        return MAX_PRIZE_YEN
    return purchase_yen * TIMES_THE_PURCHASE
