"""A member's result in the draw, read from the frozen list."""

from dataclasses import dataclass

from campaign.models import Campaign
from entries.frozen import FrozenStanding
from lottery.models import Award, Draw
from lottery.queries import standing_draw


@dataclass(frozen=True)
class MemberResult:
    """A member's result in a draw; whole points.

    ``rank`` and ``award_points`` are None where the member was not drawn, and for all members
    before the result is confirmed.
    """

    draw: Draw
    is_entrant: bool
    reward_points: int
    is_confirmed: bool
    rank: int | None = None
    award_points: int | None = None


def member_result(draw: Draw, wester_id: str) -> MemberResult:
    """Return a member's result in a draw; it has no award before the confirmation."""
    is_confirmed = draw.state == Draw.State.CONFIRMED
    entrant = draw.entrants.filter(wester_id=wester_id).only("reward_points").first()
    if entrant is None:
        return MemberResult(draw, is_entrant=False, reward_points=0, is_confirmed=is_confirmed)
    award = Award.objects.filter(entrant=entrant).first() if is_confirmed else None
    return MemberResult(
        draw,
        is_entrant=True,
        reward_points=entrant.reward_points,
        is_confirmed=is_confirmed,
        rank=award.rank if award else None,
        award_points=award.points if award else None,
    )


def read_frozen_standing(campaign: Campaign, wester_id: str) -> FrozenStanding | None:
    """Return a member's standing on the frozen list; None while nothing is frozen.

    ``explain`` and the member's page use it from the freeze on.
    """
    draw = standing_draw(campaign)
    if draw is None:
        return None
    found = member_result(draw, wester_id)
    return FrozenStanding(
        is_entrant=found.is_entrant,
        reward_points=found.reward_points,
        award_points=(found.award_points or 0) if found.is_confirmed else None,
    )
