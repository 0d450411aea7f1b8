"""Find a member's standing on the frozen list, as the app of the draw registers it."""

from collections.abc import Callable
from dataclasses import dataclass

from campaign.models import Campaign


@dataclass(frozen=True)
class FrozenStanding:
    """What the frozen list of the current draw says of a member; points are whole.

    ``award_points`` is None before the result is confirmed, and 0 for a member who was not drawn.
    """

    is_entrant: bool
    reward_points: int
    award_points: int | None


Finder = Callable[[Campaign, str], FrozenStanding | None]
_finders: list[Finder] = []


def register_finder(finder: Finder) -> None:
    """Register the function that finds a member's frozen standing; the last one is used."""
    _finders[:] = [finder]


def find_frozen_standing(campaign: Campaign, wester_id: str) -> FrozenStanding | None:
    """Return a member's standing on the frozen list; None while there is no such list."""
    return _finders[0](campaign, wester_id) if _finders else None
