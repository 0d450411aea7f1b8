"""Order and cut: who wins, and how many points. Free of database, clock and randomness.

The cut is the place in the order of the draw where the budget ends: entrants before it win.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from lottery.protocol import HASH_BYTES, TICKET

PARTIAL = "partial"  # as BudgetEdge.PARTIAL; this module imports no Django


@dataclass(frozen=True)
class Cut:
    """Where the budget ends; whole points.

    ``winners`` get their whole reward. ``partial_points`` is the award of the entry after them: 0
    where it gets nothing or there is none.
    """

    winners: int
    total_points: int
    leftover_points: int
    partial_points: int

    @property
    def awards(self) -> int:
        """Number of entries that get points."""
        return self.winners + (1 if self.partial_points else 0)


def order_pids(seed: bytes, pids: Iterable[bytes]) -> list[bytes]:
    """Return pseudonyms in the order of the draw: ascending by (ticket, pid), as bytes.

    Source: docs/specs/draw-protocol.md 3.3.
    """
    start, hash_ = TICKET + seed, hashlib.sha256
    # A key is ticket || pid. Split by its first byte, the keys are sorted within the processor's
    # caches: a million in three quarters of the time.
    shards: list[list[bytes]] = [[] for _ in range(256)]
    for pid in pids:
        key = hash_(start + pid).digest() + pid
        shards[key[0]].append(key)
    return [key[HASH_BYTES:] for shard in shards for key in sorted(shard)]


def cut_at_budget(rewards: Iterable[int], *, budget: int, policy: str) -> Cut:
    """Make the cut: before the first reward that exceeds the budget.

    The rewards are in the order of the draw. An entry that does not fit is never skipped: that
    would favour small rewards. Nothing after it is read. Source: docs/specs/draw-protocol.md 3.4.
    """
    winners, total = 0, 0
    exceeds = False
    for reward in rewards:
        exceeds = total + reward > budget
        if exceeds:
            break
        winners, total = winners + 1, total + reward
    left = budget - total
    partial = left if exceeds and policy == PARTIAL else 0
    return Cut(winners, total + partial, left - partial, partial)


def max_entries_read(*, entrants: int, budget: int, least_reward: int) -> int:
    """Return how many entries the cut can read: all winners and one more."""
    return min(entrants, budget // least_reward + 1)
