"""Order and selection: who wins which prize. Free of database, clock and randomness.

The selection walks along the order of the draw once for each prize, until the prize or the budget
of the whole plan ends.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from campaign.plan import Plan, Take
from lottery.protocol import HASH_BYTES, PID_BYTES, TICKET, UINT16

PARTIAL = "partial"
LOT_AT = HASH_BYTES + PID_BYTES


class Place(NamedTuple):
    """An entrant's place in the order: their least ticket, pid, and number of the winning lot."""

    ticket: bytes
    pid: bytes
    lot: int


class Line(NamedTuple):
    """A line of winners.csv: what the selection gives; whole points.

    ``rank`` is the place in the whole order, from 1. ``award`` is the whole reward, or what was
    left for the reward that did not fit, which has the last line.
    """

    prize: int
    rank: int
    reward: int
    award: int
    cumulative: int


@dataclass(frozen=True)
class Selection:
    """The outcome of a plan. ``winners`` counts the full awards of each prize; whole points."""

    lines: list[Line]
    winners: tuple[int, ...]
    total_points: int
    leftover_points: int

    @property
    def awards(self) -> Iterator[Line]:
        """The lines that give points: all but a last one of which nothing was left."""
        return (line for line in self.lines if line.award)


def order_entrants(seed: bytes, entrants: Iterable[tuple[bytes, int]]) -> list[Place]:
    """Return the entrants, each with pid and lots, in the order of the draw.

    Ascending by (least ticket, pid), as bytes. Source: docs/specs/draw-protocol.md 3.3.
    """
    start, hash_ = TICKET + seed, hashlib.sha256
    # A key is ticket || pid || lot. Split by its first byte, the keys are sorted within the
    # processor's caches: a million in three quarters of the time.
    shards: list[list[bytes]] = [[] for _ in range(256)]
    one = UINT16[1]
    for pid, lots in entrants:
        bound = start + pid
        if lots == 1:
            key = hash_(bound + one).digest() + pid + one
        else:
            least = min([hash_(bound + lot).digest() + lot for lot in UINT16[1 : lots + 1]])
            key = least[:HASH_BYTES] + pid + least[HASH_BYTES:]
        shards[key[0]].append(key)
    return [
        Place(key[:HASH_BYTES], key[HASH_BYTES:LOT_AT], int.from_bytes(key[LOT_AT:], "big"))
        for shard in shards
        for key in sorted(shard)
    ]


def select_awards(
    plan: Plan, rewards: Sequence[Sequence[int]], *, eligible: Sequence[int] | None = None
) -> Selection:
    """Give the prizes of a plan along the order of the draw.

    ``rewards`` has, for each entrant in that order, the points of each prize; 0 where they may not
    win it. ``eligible``, how many may win each prize, spares reading all of them. An entrant whose
    reward does not fit the budget is never skipped: that would favour small rewards. It ends the
    whole plan. Source: docs/specs/draw-protocol.md 3.4.
    """
    walk = Walk(plan, rewards)
    winners = []
    for place, prize in enumerate(plan.prizes):
        if walk.has_ended:
            winners.append(0)
            continue
        counted = None if eligible is None else eligible[place]
        limit = max_winners(prize.take, rewards, place, eligible=counted)
        winners.append(walk.give(place, limit, beside=prize.beside))
    total = walk.lines[-1].cumulative if walk.lines else 0
    return Selection(walk.lines, tuple(winners), total, plan.budget_points - total)


def max_winners(
    take: Take, rewards: Sequence[Sequence[int]], place: int, *, eligible: int | None = None
) -> int:
    """Return how many can win a prize at most; ``place`` is its number less one."""
    if take.kind == "winners":
        return take.count
    if take.kind == "one_in":
        if eligible is None:
            eligible = sum(1 for row in rewards if row[place])
        return -(-eligible // take.count)
    return len(rewards)


class Walk:
    """The awards so far, while prize after prize is given along the order."""

    def __init__(self, plan: Plan, rewards: Sequence[Sequence[int]]) -> None:
        self.plan, self.rewards = plan, rewards
        self.lines: list[Line] = []
        self.total_points = 0
        self.has_ended = False
        self.has_award = bytearray(len(rewards))

    def give(self, place: int, limit: int, *, beside: bool) -> int:
        """Give one prize to at most ``limit`` entrants; return how many full rewards it gave."""
        budget, total, given = self.plan.budget_points, self.total_points, 0
        has_award, lines = self.has_award, self.lines
        if not limit:
            return 0
        for at, row in enumerate(self.rewards):
            reward = row[place]
            if not reward or (has_award[at] and not beside):
                continue
            if total + reward > budget:
                left = budget - total if self.plan.edge == PARTIAL else 0
                lines.append(Line(place + 1, at + 1, reward, left, total + left))
                self.has_ended = True
                break
            total, given = total + reward, given + 1
            lines.append(Line(place + 1, at + 1, reward, reward, total))
            has_award[at] = 1
            if given == limit:
                break
        self.total_points = total
        return given
