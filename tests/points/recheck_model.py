"""What should become of an award at the crediting, from the rows of the terms alone.

Independent of the code that rechecks: written from docs/specs/points.md 2.1 and the clauses of
docs/specs/campaigns.md that it needs, one member after the other, in fractions.
"""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from campaign.models import Terms


@dataclass(frozen=True)
class Member:
    """A member on the day of the crediting: the total in yen, the facts, whether they have left."""

    total: int
    facts: Collection[str] = ("e5489",)
    has_left: bool = False


@dataclass(frozen=True)
class Drawn:
    """An award as it was drawn, and what of the draw its recheck depends on."""

    prize: int
    points: int
    lot: int
    lots_total: int
    ended_by_budget: bool


End = tuple[int, int, int, str]  # points credited, released, forfeited, and why not all


def expected_end(terms: Terms, member: Member, drawn: Drawn) -> End:
    """Return what should become of an award."""
    prize = terms.prizes.get(number=drawn.prize)
    lots = lots_of(terms, member)
    if member.has_left:
        return 0, 0, drawn.points, "withdrawn"
    if member.total < (prize.minimum_total_yen or terms.minimum_total_yen):
        return 0, 0, drawn.points, "below_minimum"
    is_by_lots = prize.take in ("winners", "one_in") or drawn.ended_by_budget
    if prize.kind != "pool" and is_by_lots and drawn.lot > lots:
        return 0, 0, drawn.points, "lot_withdrawn"
    credited = min(drawn.points, reward_of(prize, member, lots, drawn.lots_total))
    released = drawn.points - credited
    return credited, released, 0, "lower_total" if released else ""


def lots_of(terms: Terms, member: Member) -> int:
    lots = 1
    if terms.lots_yen:
        lots = max(1, min(int(Fraction(member.total, terms.lots_yen)), terms.lots_most))
    return lots * first_fitting(terms.lots_times, "times", member, otherwise=1)


def reward_of(prize: Any, member: Member, lots: int, lots_total: int) -> int:
    if prize.kind == "fixed":
        return int(prize.points)
    if prize.kind == "pool":
        shared = lots * int(Fraction(prize.points, lots_total))
        return min(shared, prize.cap or shared)
    cap = first_fitting(prize.cap_if, "cap", member, otherwise=prize.cap)
    return min(int(member.total * Fraction(prize.percent, 100)), cap)


def first_fitting(items: Any, word: str, member: Member, *, otherwise: int) -> int:
    fitting = [item[word] for item in items if set(item["when"]) <= set(member.facts)]
    return int([*fitting, otherwise][0])
