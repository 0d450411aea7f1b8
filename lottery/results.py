"""A member's result in the draw, read from the frozen list."""

from dataclasses import dataclass

from campaign.facts import facts_of
from campaign.models import Campaign
from entries.frozen import FrozenStanding
from lottery.models import Award, Draw, Entrant
from lottery.ordering import read_rank
from lottery.queries import standing_draw


@dataclass(frozen=True)
class MemberResult:
    """A member's result in a draw; whole points.

    ``lots`` and ``rewards`` (of each prize) are 0 for a member who is no entrant. ``rank`` and
    ``awards`` (of each prize, 0 where none) are None before the result is confirmed, and for who is
    no entrant.
    """

    draw: Draw
    is_entrant: bool
    is_confirmed: bool
    total_yen: int
    facts: list[str]
    lots: int
    rewards: list[int]
    rank: int | None = None
    awards: list[int] | None = None

    @property
    def reward_points(self) -> int:
        """The largest reward that the member can win."""
        return max(self.rewards)

    @property
    def award_points(self) -> int | None:
        """The sum of the member's awards; None where there is none."""
        return sum(self.awards or ()) or None


def member_result(draw: Draw, wester_id: str) -> MemberResult:
    """Return a member's result in a draw; it has no award before the confirmation."""
    is_confirmed = draw.state == Draw.State.CONFIRMED
    entrant = draw.entrants.filter(wester_id=wester_id).defer("nonces").first()
    if entrant is None:
        return MemberResult(
            draw,
            is_entrant=False,
            is_confirmed=is_confirmed,
            total_yen=0,
            facts=[],
            lots=0,
            rewards=[0] * len(draw.eligible),
        )
    return MemberResult(
        draw,
        is_entrant=True,
        is_confirmed=is_confirmed,
        total_yen=entrant.total_yen,
        facts=facts_of(entrant.facts),
        lots=entrant.lots,
        rewards=entrant.rewards,
        rank=read_rank(draw, entrant.position) if is_confirmed else None,
        awards=list_awards(entrant) if is_confirmed else None,
    )


def list_awards(entrant: Entrant) -> list[int]:
    """Return what an entrant won of each prize; 0 where nothing."""
    won = dict(Award.objects.filter(entrant=entrant).values_list("prize", "points"))
    return [won.get(number, 0) for number in range(1, len(entrant.rewards) + 1)]


def read_frozen_standing(campaign: Campaign, wester_id: str) -> FrozenStanding | None:
    """Return a member's standing on the frozen list; None while nothing is frozen.

    ``explain`` and the member's page use it from the freeze on.
    """
    draw = standing_draw(campaign)
    if draw is None:
        return None
    found = member_result(draw, wester_id)
    awards = {number: points for number, points in enumerate(found.awards or (), 1) if points}
    return FrozenStanding(
        is_entrant=found.is_entrant,
        total_yen=found.total_yen,
        facts=found.facts,
        lots=found.lots,
        rewards=found.rewards,
        awards=awards if found.is_confirmed else None,
    )
