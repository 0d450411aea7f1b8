"""The plan of prizes: what an entrant can win, by how many lots, as plain values.

Made from a version of the terms (``Terms.plan``). Everything that rewards, draws and pays takes
this and no row. Source: docs/specs/campaigns.md 3, 4.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

TakeKind = Literal["all", "winners", "one_in"]
Edge = Literal["stop", "partial"]
PERCENT = 100


@dataclass(frozen=True)
class Take:
    """How many win a prize: all, ``count`` winners, or one in ``count`` (0 for all)."""

    kind: TakeKind
    count: int = 0


@dataclass(frozen=True)
class When:
    """A value that replaces another where a member has all of these facts."""

    facts: frozenset[str]
    value: int

    def fits(self, facts: Collection[str]) -> bool:
        """Return whether a member with these facts has all that are asked for."""
        return self.facts.issubset(facts)


@dataclass(frozen=True)
class Spent:
    """A share of what was spent, at most the cap, or that of the first item that fits."""

    percent: int
    cap: int
    cap_if: tuple[When, ...] = ()

    def cap_of(self, facts: Collection[str]) -> int:
        """Return the cap of a member with these facts."""
        return first_that_fits(self.cap_if, facts, otherwise=self.cap)


@dataclass(frozen=True)
class Fixed:
    """The same points for each winner."""

    points: int


@dataclass(frozen=True)
class Pool:
    """Points that all entrants share by their lots, each at most the cap."""

    points: int
    cap: int | None = None


@dataclass(frozen=True)
class Prize:
    """One prize; ``number`` counts from 1 in the plan's order, ``minimum_total_yen`` is its own."""

    number: int
    code: str
    take: Take
    reward: Spent | Fixed | Pool
    minimum_total_yen: int | None = None
    beside: bool = False


@dataclass(frozen=True)
class Lots:
    """How many lots an entrant has: one for each ``yen`` (None: one), at most ``most``, times."""

    yen: int | None = None
    most: int = 1
    times: tuple[When, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All prizes in their order, and what bounds them together."""

    minimum_total_yen: int
    lots: Lots
    prizes: tuple[Prize, ...]
    budget_points: int
    edge: Edge

    def minimum_of(self, prize: Prize) -> int:
        """Return the total from which a member may win the prize."""
        return prize.minimum_total_yen or self.minimum_total_yen


def first_that_fits(items: Iterable[When], facts: Collection[str], *, otherwise: int) -> int:
    """Return the value of the first item all of whose facts are there."""
    return next((item.value for item in items if item.fits(facts)), otherwise)
