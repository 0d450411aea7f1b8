"""What the draw came to for one member, from the freeze on, and what became of their points."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from campaign.models import Campaign, Terms
from entries import standing
from lottery import queries, results
from lottery.models import Draw
from lottery.results import MemberResult
from lottery.stages import Stage, stage_of
from points.models import AwardStanding
from points.queries import MemberCredit, find_member_credit
from portal import names, reasons
from portal.states import Outcome

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


OF_AWARD = {
    str(AwardStanding.State.CREDITED): Outcome.CREDITED,
    str(AwardStanding.State.FORFEITED): Outcome.FORFEITED,
}


@dataclass(frozen=True)
class ShownResult:
    """A member's place in the draw that stands; whole points."""

    outcome: Outcome
    draw: Draw
    stage: Stage
    manifest_hash: str | None  # from the publication on
    receipt_address: str | None
    reward_points: int
    award_points: int
    credit: MemberCredit | None
    sentences: list[str] = field(default_factory=list)

    @property
    def outcome_name(self) -> "StrPromise":
        """What staff call it."""
        return names.OUTCOMES[self.outcome]

    @property
    def is_partial(self) -> bool:
        """Whether the budget ended at this member."""
        return 0 < self.award_points < self.reward_points

    @property
    def is_lowered(self) -> bool:
        """Whether less was credited than awarded."""
        return self.credit is not None and self.credit.credited_points < self.award_points


@dataclass(frozen=True)
class VoidNotice:
    """The last draw, which is void, and when the next one takes place, if that is public."""

    draw: Draw
    next_round_time: datetime | None


def find_result(
    terms: Terms, wester_id: str, *, total_yen: int, now: datetime
) -> ShownResult | None:
    """Return what the member is told of the draw that stands; None where none does.

    Nothing of a result is in it before the confirmation.
    """
    draw = queries.seen_draw(terms.campaign, now=now)
    if draw is None:
        return None
    found = results.member_result(draw, wester_id)
    is_crediting = found.award_points and now >= terms.credit_at
    credit = find_member_credit(draw, wester_id) if is_crediting else None
    outcome = outcome_of(found, credit)
    is_public = found.is_entrant and found.draw.published_at is not None
    return ShownResult(
        outcome=outcome,
        draw=found.draw,
        stage=stage_of(found.draw, now=now),
        manifest_hash=bytes(found.draw.manifest_sha256).hex() if is_public else None,
        receipt_address=receipt_address(terms, found.draw) if is_public else None,
        reward_points=found.reward_points,
        award_points=found.award_points or 0,
        credit=credit,
        sentences=sentences_of(terms, wester_id, outcome, credit, total_yen=total_yen),
    )


def outcome_of(found: MemberResult, credit: MemberCredit | None) -> Outcome:
    """Return what the member is told."""
    if not found.is_entrant:
        return Outcome.OUTSIDE
    if not found.is_confirmed:
        return Outcome.ENTRANT
    if not found.award_points:
        return Outcome.LOST
    return OF_AWARD.get(credit.state, Outcome.WON) if credit else Outcome.WON


def receipt_address(terms: Terms, draw: Draw) -> str:
    """Return the address of the member's receipt of a draw."""
    return reverse("lottery:receipt", args=[terms.campaign.code, draw.sequence])


def sentences_of(
    terms: Terms, wester_id: str, outcome: Outcome, credit: MemberCredit | None, *, total_yen: int
) -> list[str]:
    """Return the reasons that belong to what the member is told, in words."""
    if outcome is Outcome.FORFEITED and credit is not None:
        return [reasons.forfeit_sentence(terms, credit.reason)]
    if outcome is not Outcome.OUTSIDE:
        return []
    words = reasons.member_sentences(terms)
    return [
        words[code] for code in standing.find_member_facts(terms, wester_id, total_yen)["reasons"]
    ]


def find_void_notice(campaign: Campaign, *, now: datetime) -> VoidNotice | None:
    """Return the notice of the last void draw, until a later one is confirmed."""
    draws = queries.seen_draws(campaign, now=now)
    void = [draw for draw in draws if draw.state == Draw.State.VOID]
    standing_one = next((draw for draw in draws if draw.state != Draw.State.VOID), None)
    if not void or (standing_one and standing_one.confirmed_at):
        return None
    is_announced = standing_one is not None and standing_one.published_at is not None
    return VoidNotice(void[-1], standing_one.round_time if standing_one and is_announced else None)
