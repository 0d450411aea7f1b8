"""Choose by weight, quickly and the same on every Python: only from ``Random.random``."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")
HUNDRED = 100


def spread(weights: Mapping[T, int]) -> tuple[T, ...]:
    """Return a table with each value as often as its weight; the weights come to a hundred."""
    table = tuple(value for value, weight in weights.items() for _ in range(weight))
    if len(table) != HUNDRED:
        raise ValueError(f"The weights come to {len(table)}.")
    return table


def pick(random: Random, table: Sequence[T]) -> T:
    """Return one of a table's values, each entry as likely as any other."""
    return table[int(random.random() * len(table))]


def below(random: Random, bound: int) -> int:
    """Return a whole number from 0 to less than ``bound``."""
    return int(random.random() * bound)


def happens(random: Random, percent: float) -> bool:
    """Return True in so many of a hundred cases."""
    return random.random() * HUNDRED < percent
