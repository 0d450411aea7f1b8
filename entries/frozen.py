"""Find a member's standing on the frozen list, as the app of the draw registers it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from campaign.models import Campaign


@dataclass(frozen=True)
class FrozenStanding:
    """What the frozen list of the current draw says of a member; points are whole.

    ``rewards`` are by prize, 0 where it cannot be won. ``awards`` are the points won by the number
    of the prize: None before the result is confirmed, empty for a member who was not drawn.
    """

    is_entrant: bool
    total_yen: int = 0
    facts: list[str] = field(default_factory=list)
    lots: int = 0
    rewards: list[int] = field(default_factory=list)
    awards: dict[int, int] | None = None

    @property
    def award_points(self) -> int | None:
        """Return what was won in all; None before the result is confirmed."""
        return None if self.awards is None else sum(self.awards.values())


Finder = Callable[[Campaign, str], FrozenStanding | None]
_finders: list[Finder] = []


def register_finder(finder: Finder) -> None:
    """Register the function that finds a member's frozen standing; the last one is used."""
    _finders[:] = [finder]


def find_frozen_standing(campaign: Campaign, wester_id: str) -> FrozenStanding | None:
    """Return a member's standing on the frozen list; None while there is no such list."""
    return _finders[0](campaign, wester_id) if _finders else None
