"""Forecast winners and used budget of a draw from today's lots and rewards.

Free of database and clock. Neither the later entrants nor the order is known, so both are
simulated. Each trial samples today's entrants with replacement, those with more lots earlier, and
gives the prizes of the plan along that order. The same entrants give the same forecast.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, islice
from math import ceil
from random import Random

from campaign.plan import Plan
from lottery.rows_as_read import RowsAsRead
from lottery.selection import Selection, select_awards

TRIALS = 200
# Fewer trials where each reads many entrants: they differ little.
MIN_TRIALS, MAX_READ = 20, 10_000_000
BATCH = 1_000  # entrants sampled at once
STEPS = 100  # in which the remaining lots are counted again
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9

Rewards = tuple[int, ...]  # of an entrant, prize by prize; 0 where they may not win it
Kind = tuple[int, Rewards]  # lots, and rewards


@dataclass(frozen=True)
class Spread:
    """The 10th, 50th and 90th of a hundred outcomes, by nearest rank."""

    p10: int
    p50: int
    p90: int


@dataclass(frozen=True)
class Forecast:
    """The expected result; whole points.

    ``reward_points``: the sum if every entrant won every prize that they may win; ``winners``: of
    each prize; ``members``: those who win some prize.
    """

    entrants: int
    reward_points: int
    budget_points: int
    winners: tuple[Spread, ...]
    members: Spread
    used_points: Spread

    @property
    def chance_percent(self) -> tuple[float, float, float]:
        """Percentage of entrants who win, at P10, P50 and P90; 0 without entrants."""
        return percent_of(self.members, self.entrants)

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


def forecast_draw(
    kinds: Mapping[Kind, int],
    plan: Plan,
    *,
    min_trials: int = MIN_TRIALS,
    max_read: int = MAX_READ,
) -> Forecast:
    """Forecast a draw.

    Args: ``kinds``: number of entrants by their lots and rewards; ``min_trials``, ``max_read``:
        no trial follows so many once so many entrants were read.
    """
    entrants = sum(kinds.values())
    trials = simulate_draws(kinds, plan, min_trials=min_trials, max_read=max_read)
    outcomes = list(trials) if entrants else []
    return Forecast(
        entrants=entrants,
        reward_points=sum(sum(rewards) * count for (_lots, rewards), count in kinds.items()),
        budget_points=plan.budget_points,
        winners=tuple(
            spread_of([outcome.winners[place] for outcome in outcomes])
            for place in range(len(plan.prizes))
        ),
        members=spread_of([count_members(outcome) for outcome in outcomes]),
        used_points=spread_of([outcome.total_points for outcome in outcomes]),
    )


def count_members(outcome: Selection) -> int:
    """Return how many entrants got at least one whole reward."""
    return len({line.rank for line in outcome.lines if line.award == line.reward})


def simulate_draws(
    kinds: Mapping[Kind, int],
    plan: Plan,
    *,
    min_trials: int = MIN_TRIALS,
    max_read: int = MAX_READ,
) -> Iterator[Selection]:
    """Yield the outcome of every trial."""
    random = Random(trial_seed(kinds, plan))  # noqa: S311 - decides nothing; repeatable
    entrants, read = sum(kinds.values()), 0
    eligible = count_eligible(kinds, plan)
    for trial in range(TRIALS):
        if trial >= min_trials and read > max_read:
            return
        order = RowsAsRead(sample_order(random, kinds), entrants)
        yield select_awards(plan, order, eligible=eligible)
        read += len(order.read)


def count_eligible(kinds: Mapping[Kind, int], plan: Plan) -> list[int]:
    """Return how many entrants may win each prize."""
    return [
        sum(count for (_lots, rewards), count in kinds.items() if rewards[place])
        for place in range(len(plan.prizes))
    ]


def sample_order(random: Random, kinds: Mapping[Kind, int]) -> Iterator[Rewards]:
    """Yield the rewards of as many entrants as there are, sampled lazily with replacement.

    Who has twice the lots of another comes first in two of three cases. The share of those with so
    many lots falls as they are sampled, as it does where lots are drawn and not put back.
    """
    by_lots: dict[int, dict[Rewards, int]] = {}
    for (lots, rewards), count in sorted(kinds.items()):
        by_lots.setdefault(lots, {})[rewards] = count
    left = {lots: float(sum(counts.values())) for lots, counts in by_lots.items()}
    sampled = {lots: sample_rewards(random, counts) for lots, counts in by_lots.items()}
    entrants = sum(kinds.values())
    if len(by_lots) == 1:
        yield from islice(chain.from_iterable(sampled.values()), entrants)
        return
    step = max(BATCH, entrants // STEPS)
    for start in range(0, entrants, step):
        size = min(step, entrants - start)
        weights = [lots * count for lots, count in left.items()]
        for lots in random.choices([*left], weights, k=size):
            yield next(sampled[lots])
        share = size / sum(weights)
        left = {lots: max(0.0, count - lots * count * share) for lots, count in left.items()}


def sample_rewards(random: Random, counts: Mapping[Rewards, int]) -> Iterator[Rewards]:
    """Yield rewards without end, each as often as its number of entrants makes likely."""
    values, weights = [*counts], list(accumulate(counts.values()))
    size = min(BATCH, weights[-1])  # terms may give nearly every entrant another number of lots
    while True:
        yield from random.choices(values, cum_weights=weights, k=size)


def trial_seed(kinds: Mapping[Kind, int], plan: Plan) -> bytes:
    """Return the seed of the trials, the same for the same data."""
    content = json.dumps([sorted(kinds.items()), plan.budget_points, plan.edge, len(plan.prizes)])
    return hashlib.sha256(content.encode()).digest()


def spread_of(outcomes: Sequence[int]) -> Spread:
    """Return the spread of outcomes; zeros where there are none."""
    ordered = sorted(outcomes) or [0]
    p10, p50, p90 = (
        ordered[max(0, ceil(share * len(ordered)) - 1)] for share in (LOW, MIDDLE, HIGH)
    )
    return Spread(p10, p50, p90)
