"""A draw that was run, computed again in Python from its published seed and the list."""

import json
from typing import Any

from lottery.models import Draw
from lottery.ordering import read_rank
from lottery.selection import Place, order_entrants, select_awards


def awards_of(draw: Draw) -> list[tuple[Any, ...]]:
    """Return prize, rank, member, lot and points of every award."""
    rows = draw.awards.order_by("prize", "rank")
    return list(rows.values_list("prize", "rank", "entrant__wester_id", "lot", "points"))


def recomputed(draw: Draw) -> list[tuple[Any, ...]]:
    """Return the awards as computed in Python from the published seed and the list."""
    entrants = {bytes(one.pid): one for one in draw.entrants.all()}
    order = recomputed_order(draw)
    ordered = [entrants[place.pid] for place in order]
    selection = select_awards(draw.terms.plan, [one.rewards for one in ordered])
    assert list(selection.winners) == draw.winners
    return [
        (
            line.prize,
            line.rank,
            ordered[line.rank - 1].wester_id,
            order[line.rank - 1].lot,
            line.award,
        )
        for line in selection.awards
    ]


def ranks_of(draw: Draw) -> dict[bytes, int]:
    """Return the stored rank of every entrant by pid."""
    return {bytes(one.pid): read_rank(draw, one.position) for one in draw.entrants.all()}


def recomputed_ranks(draw: Draw) -> dict[bytes, int]:
    """Return the rank of every entrant by pid, as their tickets give it."""
    return {place.pid: rank for rank, place in enumerate(recomputed_order(draw), 1)}


def recomputed_order(draw: Draw) -> list[Place]:
    """Return the places of all entrants in the order of their tickets."""
    seed = bytes.fromhex(json.loads(bytes(draw.result or b""))["seed"])
    return order_entrants(seed, [(bytes(one.pid), one.lots) for one in draw.entrants.all()])
