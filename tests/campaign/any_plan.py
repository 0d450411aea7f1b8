"""Any plan of prizes, with any numbers near those where lots and rewards turn."""

from collections.abc import Iterable
from random import Random
from typing import Any

from campaign.facts import FACTS
from campaign.models import RewardKind, Take
from campaign.plan import Plan, Spent

MINIMA = (1, 99, 100, 101, 500, 5_000)
PERCENTS = (1, 3, 50, 99, 100, 101, 1_000)
POINTS = (1, 2, 10_000, 20_000, 10**12)
LOTS_YEN = (1, 3, 500, 5_000, 10**12)
MOST_LOTS = (1, 2, 20)
ALL_FACTS = range(2 ** len(FACTS))


def any_terms_with_a_plan(random: Random, *, prizes: int | None = None) -> dict[str, Any]:
    """Return values for ``TermsFactory``: lots, budget and prizes that can be published."""
    minimum = random.choice(MINIMA)
    lots_yen = random.choice([None, *LOTS_YEN])
    return {
        "minimum_total_yen": minimum,
        "lots_yen": lots_yen,
        "lots_most": random.choice(MOST_LOTS) if lots_yen else 1,
        "lots_times": any_items(random, "times", (2, 3, 3_276)),
        "budget_points": 10**12,
        "edge": random.choice(["stop", "partial"]),
        "prizes": [
            any_prize(random, minimum) for _ in range(prizes or random.choice([1, 1, 2, 5, 16]))
        ],
    }


def any_items(random: Random, word: str, values: tuple[int, ...]) -> list[dict[str, Any]]:
    """Return up to three items of facts and a value, no two of the same facts."""
    facts = {tuple(sorted(random.sample(FACTS, k=random.randint(1, 3)))) for _ in range(3)}
    chosen = random.sample(sorted(facts), k=random.randint(0, len(facts)))
    return [{"when": list(when), word: random.choice(values)} for when in chosen]


def any_prize(random: Random, minimum: int) -> dict[str, Any]:
    """Return what differs in a prize from the first campaign's."""
    kind = random.choice(RewardKind.values)
    own = random.choice([None, minimum, minimum + 1, 10 * minimum])
    take = "all" if kind == RewardKind.POOL else random.choice(Take.values)
    prize: dict[str, Any] = {
        "kind": kind,
        "take": take,
        "take_count": None if take == "all" else random.randint(2, 5),
        "beside": take == "all" and random.random() < 0.5,
        "percent": None,
        "cap": None,
        "points": random.choice(POINTS),
        "minimum_total_yen": None if kind == RewardKind.POOL else own,
    }
    if kind == RewardKind.POOL:
        prize["cap"] = random.choice([None, *POINTS])
    if kind == RewardKind.SPENT:
        least = -(-100 // (own or minimum))  # of which the minimum comes to a point
        percents = [percent for percent in PERCENTS if percent >= least]
        prize |= {
            "percent": random.choice(percents),
            "cap": random.choice(POINTS),
            "cap_if": any_items(random, "cap", POINTS),
            "points": None,
        }
    return prize


def edges(plan: Plan) -> list[int]:
    """Return totals on both sides of every number at which lots or rewards turn, sorted."""
    turns = {0, 10**13, plan.minimum_total_yen}
    if plan.lots.yen:
        turns |= {plan.lots.yen * lots for lots in (1, 2, plan.lots.most, plan.lots.most + 1)}
    for prize in plan.prizes:
        turns.add(plan.minimum_of(prize))
        if isinstance(prize.reward, Spent):
            caps = (prize.reward.cap, *(item.value for item in prize.reward.cap_if))
            turns |= {cap * 100 // prize.reward.percent for cap in caps}
    return beside(turns)


def beside(numbers: Iterable[int]) -> list[int]:
    """Return these numbers, one less and one more, from 0 up and sorted."""
    return sorted({max(number + step, 0) for number in numbers for step in (-1, 0, 1)})
