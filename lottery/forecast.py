"""What a draw would come to if it were held over today's totals. Free of database and clock.

Who will be in the draw is not known yet, and whom it takes is chance: both are played through by
resampling. Each trial draws rewards from today's, one after the other with replacement, until the
budget ends or as many were drawn as there are entrants. The same rewards give the same forecast.
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
AT_ONCE = 1_000  # rewards drawn in one go
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9


@dataclass(frozen=True)
class Spread:
    """The 10th, 50th and 90th of a hundred outcomes, by nearest rank."""

    p10: int
    p50: int
    p90: int


@dataclass(frozen=True)
class Forecast:
    """What is to be expected; whole points. ``reward_points``: if everybody won."""

    entrants: int
    reward_points: int
    budget_points: int
    winners: Spread
    used_points: Spread

    @property
    def chance_percent(self) -> tuple[float, float, float]:
        """How many of a hundred entrants win, at P10, P50 and P90; 0 where there are none."""
        return percent_of(self.winners, self.entrants)

    @property
    def used_percent(self) -> tuple[float, float, float]:
        """How much of the budget is used, at P10, P50 and P90."""
        return percent_of(self.used_points, self.budget_points)


def percent_of(spread: Spread, whole: int) -> tuple[float, float, float]:
    """Return a spread as percentages of a whole, to two places."""
    share = 100 / whole if whole else 0
    return (
        round(spread.p10 * share, 2),
        round(spread.p50 * share, 2),
        round(spread.p90 * share, 2),
    )


def forecast_draw(rewards: Mapping[int, int], *, budget: int, policy: str) -> Forecast:
    """Forecast a draw.

    Args: ``rewards``: how many entrants have which reward; ``policy``: as of the terms.
    """
    entrants = sum(rewards.values())
    cuts = list(play(rewards, entrants, budget=budget, policy=policy)) if entrants else []
    return Forecast(
        entrants=entrants,
        reward_points=sum(reward * count for reward, count in rewards.items()),
        budget_points=budget,
        winners=spread_of([cut.winners for cut in cuts]),
        used_points=spread_of([cut.total_points for cut in cuts]),
    )


def play(rewards: Mapping[int, int], entrants: int, *, budget: int, policy: str) -> Iterator[Cut]:
    """Yield the outcome of every trial."""
    chance = Random(seed_of(rewards, budget, policy))  # noqa: S311 - decides nothing, repeats itself
    values = sorted(rewards)
    weights = list(accumulate(rewards[value] for value in values))
    for _trial in range(TRIALS):
        drawn = draw_rewards(chance, values, weights, entrants)
        yield cut_at_budget(drawn, budget=budget, policy=policy)


def draw_rewards(
    chance: Random, values: list[int], weights: list[int], entrants: int
) -> Iterator[int]:
    """Yield rewards with replacement, as many as there are entrants, drawn as they are wanted."""
    for start in range(0, entrants, AT_ONCE):
        count = min(AT_ONCE, entrants - start)
        yield from chance.choices(values, cum_weights=weights, k=count)


def seed_of(rewards: Mapping[int, int], budget: int, policy: str) -> bytes:
    """Return what makes the trials of the same data the same."""
    content = json.dumps([sorted(rewards.items()), budget, policy])
    return hashlib.sha256(content.encode()).digest()


def spread_of(outcomes: list[int]) -> Spread:
    """Return the spread of some outcomes; zeros where there are none."""
    ordered = sorted(outcomes) or [0]
    p10, p50, p90 = (
        ordered[max(0, ceil(share * len(ordered)) - 1)] for share in (LOW, MIDDLE, HIGH)
    )
    return Spread(p10, p50, p90)
