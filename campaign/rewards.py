"""The reward of a member: the points that are due if the member is drawn.

The formula stands here once for Python and once, in campaign/sql/reward_points.sql, for PostgreSQL.
Source: docs/specs/eligibility.md 3.5.
"""

from typing import Protocol

from django.db import models
from django.db.models import F, Func, Value


class RewardTerms(Protocol):
    """What of the terms the reward depends on."""

    minimum_total_yen: int
    reward_cap_points: int


def reward_points(terms: RewardTerms, total_yen: int) -> int:
    """Compute the reward of a member with this total; 0 below the minimum."""
    if total_yen < terms.minimum_total_yen:
        return 0
    return min(total_yen, terms.reward_cap_points)


def min_reward_points(terms: RewardTerms) -> int:
    """Compute the smallest reward that an eligible member can have."""
    return reward_points(terms, terms.minimum_total_yen)


def reward_expression(terms: RewardTerms, total: str) -> Func:
    """Return the same formula for a query whose totals are in column ``total``.

    PostgreSQL inlines the function, so that it costs and plans as if it were written out.
    """
    return Func(
        F(total),
        Value(terms.minimum_total_yen),
        Value(terms.reward_cap_points),
        function="campaign_reward_points",
        output_field=models.BigIntegerField(),
    )
