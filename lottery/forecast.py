"""Forecast winners and used budget of a draw from today's rewards.

Free of database and clock. Neither the later entrants nor the order is known, so both are
simulated. Each trial samples today's rewards with replacement, until the budget ends or as many
were sampled as there are entrants. The same rewards give the same forecast.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import ceil
from random import Random

from lottery.selection import Cut, cut_at_budget

TRIALS = 200
BATCH = 1_000  # rewards sampled at once
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9


@dataclass(frozen=True)
class Spread:
    """The 10th, 50th and 90th of a hundred outcomes, by nearest rank."""

    p10: int
    p50: int
    p90: int


@dataclass(frozen=True)
class Forecast:
    """The expected result; whole points. ``reward_points``: the sum if every entrant won."""

    entrants: int
    reward_points: int
    budget_points: int
    winners: Spread
    used_points: Spread

    @property
    def chance_percent(self) -> tuple[float, float, float]:
        """Percentage of entrants who win, at P10, P50 and P90; 0 without entrants."""
        return percent_of(self.winners, self.entrants)

    @property
    def used_percent(self) -> tuple[float, float, float]:
        """Percentage of the budget that is used, at P10, P50 and P90."""
        return percent_of(self.used_points, self.budget_points)


def percent_of(spread: Spread, whole: int) -> tuple[float, float, float]:
    """Return a spread in percent of a whole, with two decimals."""
    share = 100 / whole if whole else 0
    return (
        round(spread.p10 * share, 2),
        round(spread.p50 * share, 2),
        round(spread.p90 * share, 2),
    )


def forecast_draw(rewards: Mapping[int, int], *, budget: int, policy: str) -> Forecast:
    """Forecast a draw.

    Args: ``rewards``: number of entrants by reward; ``policy``: as in the terms.
    """
    entrants = sum(rewards.values())
    cuts = list(simulate_cuts(rewards, entrants, budget=budget, policy=policy)) if entrants else []
    return Forecast(
        entrants=entrants,
        reward_points=sum(reward * count for reward, count in rewards.items()),
        budget_points=budget,
        winners=spread_of([cut.winners for cut in cuts]),
        used_points=spread_of([cut.total_points for cut in cuts]),
    )


def simulate_cuts(
    rewards: Mapping[int, int], entrants: int, *, budget: int, policy: str
) -> Iterator[Cut]:
    """Yield the cut of every trial."""
    random = Random(trial_seed(rewards, budget, policy))  # noqa: S311 - decides nothing; repeatable
    values = sorted(rewards)
    weights = list(accumulate(rewards[value] for value in values))
    for _trial in range(TRIALS):
        sampled = sample_rewards(random, values, weights, entrants)
        yield cut_at_budget(sampled, budget=budget, policy=policy)


def sample_rewards(
    random: Random, values: list[int], weights: list[int], entrants: int
) -> Iterator[int]:
    """Yield as many rewards as there are entrants, sampled lazily with replacement."""
    for start in range(0, entrants, BATCH):
        count = min(BATCH, entrants - start)
        yield from random.choices(values, cum_weights=weights, k=count)


def trial_seed(rewards: Mapping[int, int], budget: int, policy: str) -> bytes:
    """Return the seed of the trials, the same for the same data."""
    content = json.dumps([sorted(rewards.items()), budget, policy])
    return hashlib.sha256(content.encode()).digest()


def spread_of(outcomes: list[int]) -> Spread:
    """Return the spread of outcomes; zeros where there are none."""
    ordered = sorted(outcomes) or [0]
    p10, p50, p90 = (
        ordered[max(0, ceil(share * len(ordered)) - 1)] for share in (LOW, MIDDLE, HIGH)
    )
    return Spread(p10, p50, p90)
