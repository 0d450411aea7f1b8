"""Lots and rewards of members by a plan of prizes; points and yen are whole, rounded down.

The formulas stand here once for Python and once, in campaign/sql/rewards.sql, for PostgreSQL, which
computes those of many members (campaign/reward_columns.py).
Source: docs/specs/campaigns.md 3, 4.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from campaign.plan import PERCENT, Fixed, Plan, Pool, Prize, Spent, first_that_fits

NOT_KNOWN: Mapping[int, int] = MappingProxyType({})


def lots_of(plan: Plan, total_yen: int, facts: Collection[str]) -> int:
    """Return how many lots a member has; 0 below the campaign's minimum."""
    if total_yen < plan.minimum_total_yen:
        return 0
    times = first_that_fits(plan.lots.times, facts, otherwise=1)
    by_yen = 1 if plan.lots.yen is None else max(total_yen // plan.lots.yen, 1)
    return min(by_yen, plan.lots.most) * times


def share_of(pool: Pool, lots_total: int) -> int:
    """Return the points of a pool for one lot; 0 where nobody has a lot."""
    return pool.points // lots_total if lots_total else 0


def shares_of(plan: Plan, lots_total: int) -> dict[int, int]:
    """Return the points for one lot of each pool, by the prize's number.

    Args: ``lots_total``: of all entrants, also of those who win no pool.
    """
    return {
        prize.number: share_of(prize.reward, lots_total)
        for prize in plan.prizes
        if isinstance(prize.reward, Pool)
    }


def reward_of(
    plan: Plan,
    prize: Prize,
    total_yen: int,
    facts: Collection[str],
    *,
    lots: int,
    share: int | None = None,
) -> int | None:
    """Return a member's points if they win the prize; 0 below its minimum.

    Args: ``lots``: those of the member, which only a pool asks for; ``share``: the points of the
    pool for one lot, without which the reward in a pool is None.
    """
    if total_yen < plan.minimum_of(prize):
        return 0
    reward = prize.reward
    if isinstance(reward, Spent):
        return min(total_yen * reward.percent // PERCENT, reward.cap_of(facts))
    if isinstance(reward, Fixed):
        return reward.points
    if share is None:
        return None
    return lots * share if reward.cap is None else min(lots * share, reward.cap)


def rewards_of(
    plan: Plan, total_yen: int, facts: Collection[str], *, shares: Mapping[int, int] = NOT_KNOWN
) -> list[int | None]:
    """Return a member's rewards in the order of the prizes; of who is no entrant 0 in each.

    Args: ``shares``: as ``shares_of``; without it, a pool's reward is None.
    """
    lots = lots_of(plan, total_yen, facts)
    return [
        reward_of(plan, prize, total_yen, facts, lots=lots, share=shares.get(prize.number))
        for prize in plan.prizes
    ]


def largest_reward(prize: Prize) -> int:
    """Return the points above which no reward in the prize is."""
    reward = prize.reward
    if isinstance(reward, Spent):
        return max(caps_of(reward))
    if isinstance(reward, Fixed):
        return reward.points
    return reward.points if reward.cap is None else min(reward.points, reward.cap)


def least_reward(plan: Plan, prize: Prize) -> int:
    """Return the points below which no reward at the prize's minimum is; 0 in a pool."""
    reward = prize.reward
    if isinstance(reward, Spent):
        return min(plan.minimum_of(prize) * reward.percent // PERCENT, *caps_of(reward))
    return reward.points if isinstance(reward, Fixed) else 0


def caps_of(reward: Spent) -> list[int]:
    """Return all caps of a share of what was spent."""
    return [reward.cap, *(item.value for item in reward.cap_if)]
