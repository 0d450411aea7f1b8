"""The order of a draw: every entrant's place and winning lot, and the entrants as far as needed."""

import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.db.models import BinaryField
from django.db.models.functions import Substr

from core.sql_files import read_sql
from lottery import protocol
from lottery.models import Draw
from lottery.models.draws import RANK_BYTES

# For the sort of all entrants.
MEMORY = "SET LOCAL work_mem = '256MB'"
PLACE = struct.Struct(">iH")  # position and winning lot
ROWS_PER_READ = 10_000


class PlacedEntrant(NamedTuple):
    """An entrant in the order of the draw, with what their awards need."""

    entrant_id: int
    pid: bytes
    rewards: list[int]
    nonces: bytes
    wester_id: str


@dataclass(frozen=True)
class Order:
    """The order of all entrants: their positions in the list, and the lots that won them."""

    positions: Sequence[int]
    lots: Sequence[int]

    def ranks(self) -> bytes:
        """Return the rank of each entrant by position, from 1, in ``RANK_BYTES`` bytes each."""
        ranks = array("i", bytes(RANK_BYTES * len(self.positions)))
        for rank, position in enumerate(self.positions, 1):
            ranks[position] = rank
        if sys.byteorder == "little":
            ranks.byteswap()
        return ranks.tobytes()


def order_entrants(draw: Draw, seed: bytes) -> Order:
    """Return the order of all entrants of a draw, ascending by their least ticket.

    Source: docs/specs/draw-protocol.md 3.3.
    """
    with connection.cursor() as cursor:
        cursor.execute(MEMORY)
        cursor.execute(
            read_sql("lottery", "order_entrants"),
            {"draw": draw.pk, "ticket": protocol.TICKET + seed},
        )
        (found,) = cursor.fetchone()
    positions, lots = array("i"), array("i")
    for position, lot in PLACE.iter_unpack(bytes(found or b"")):
        positions.append(position)
        lots.append(lot)
    return Order(positions, lots)


def read_entrants(draw: Draw, order: Order) -> Iterator[PlacedEntrant]:
    """Yield the entrants of a draw in their order, read in batches."""
    query = read_sql("lottery", "entrants_in_order")
    for first in range(0, len(order.positions), ROWS_PER_READ):
        positions = list(order.positions[first : first + ROWS_PER_READ])
        with connection.cursor() as cursor:
            cursor.execute(query, {"draw": draw.pk, "positions": positions})
            for entrant_id, pid, rewards, nonces, wester_id in cursor.fetchall():
                yield PlacedEntrant(entrant_id, bytes(pid), rewards, bytes(nonces), wester_id)


def read_rank(draw: Draw, position: int) -> int:
    """Return the rank of an entrant of a draw that was run; no other rank is read."""
    one = Substr("ranks", position * RANK_BYTES + 1, RANK_BYTES, output_field=BinaryField())
    (rank,) = Draw.objects.filter(pk=draw.pk).values_list(one)
    return int.from_bytes(bytes(rank[0]), "big")
