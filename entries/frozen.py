"""What the list that a draw is frozen over says of a member; the app of the draw fills this in."""

from collections.abc import Callable
from dataclasses import dataclass

from campaign.models import Campaign


@dataclass(frozen=True)
class FrozenPlace:
    """Where a member stands on the list of the draw that stands; whole points.

    ``award_points`` is None before the result is confirmed, and 0 for whoever was not drawn.
    """

    is_entrant: bool
    reward_points: int
    award_points: int | None


Find = Callable[[Campaign, str], FrozenPlace | None]
_finders: list[Find] = []


def register(find: Find) -> None:
    """Have an app above say where a member stands; it says None while no draw stands."""
    _finders[:] = [find]


def find_place(campaign: Campaign, wester_id: str) -> FrozenPlace | None:
    """Return where a member stands on the frozen list; None while there is none."""
    return _finders[0](campaign, wester_id) if _finders else None
