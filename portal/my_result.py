"""A member's result of the draw, from the freeze on, and of the payout."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from campaign.models import Campaign, Terms
from lottery import queries, results
from lottery.models import Draw
from lottery.results import MemberResult
from lottery.stages import DrawStage, stage_of
from points.models import AwardStanding
from points.queries import MemberCredit, find_member_credits
from portal import announcement, names, reasons
from portal.states import Outcome

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


OF_AWARD = {
    str(AwardStanding.State.CREDITED): Outcome.CREDITED,
    str(AwardStanding.State.FORFEITED): Outcome.FORFEITED,
}


@dataclass(frozen=True)
class ShownAward:
    """One award of a member, or what became of it; points are whole numbers."""

    name: str
    outcome: Outcome
    reward_points: int
    award_points: int
    credit: MemberCredit | None
    sentences: list[str]

    @property
    def is_partial(self) -> bool:
        """Whether the rest of the budget was less than the reward."""
        return 0 < self.award_points < self.reward_points

    @property
    def is_lowered(self) -> bool:
        """Whether fewer points were credited than awarded."""
        return self.credit is not None and self.credit.credited_points < self.award_points


@dataclass(frozen=True)
class ShownResult:
    """A member's result of the standing draw; points are whole numbers.

    ``rewards`` has the name of each prize with the points that the frozen list has for it, where
    there are any. ``lots`` is None where everybody has one.
    """

    outcome: Outcome
    draw: Draw
    stage: DrawStage
    manifest_hash: str | None  # None before the publication
    receipt_address: str | None
    lots: int | None
    rewards: list[tuple[str, int]]
    awards: list[ShownAward]
    has_prizes: bool
    has_draw: bool
    sentences: list[str] = field(default_factory=list)

    @property
    def outcome_name(self) -> "StrPromise":
        """The name of the outcome on the staff's page."""
        return names.outcome_name(self.outcome, has_draw=self.has_draw)

    @property
    def reward_points(self) -> int:
        """The largest reward that the member can win."""
        return max((points for _name, points in self.rewards), default=0)

    @property
    def waits_for_credit(self) -> bool:
        """Whether an award is not credited yet, and not forfeited."""
        return any(award.outcome is Outcome.WON for award in self.awards)

    @property
    def award_points(self) -> int:
        """The sum of the member's awards."""
        return sum(award.award_points for award in self.awards)


@dataclass(frozen=True)
class VoidNotice:
    """The last void draw, and the time of the next one, where that is public."""

    draw: Draw
    next_round_time: datetime | None


def find_result(
    terms: Terms, wester_id: str, *, reasons_today: list[str], now: datetime
) -> ShownResult | None:
    """Return a member's result of the standing draw; None without such a draw.

    Before the confirmation it holds nothing of the result.
    """
    draw = queries.standing_draw(terms.campaign)
    if draw is None:
        return None
    found = results.member_result(draw, wester_id)
    is_credited = now >= terms.credit_at and any(found.awards or ())
    found_credits = find_member_credits(draw, wester_id) if is_credited else []
    return describe_result(terms, found, found_credits, reasons_today=reasons_today, now=now)


def describe_result(
    terms: Terms,
    found: MemberResult,
    found_credits: list[MemberCredit],
    *,
    reasons_today: list[str],
    now: datetime,
) -> ShownResult:
    """Return what is shown of a member's result, and of what became of the awards."""
    is_public = found.is_entrant and found.draw.published_at is not None
    prize_names, plan = announcement.prize_names(terms), terms.plan
    awards = shown_awards(terms, found, found_credits)
    outcome = find_outcome(found, awards)
    return ShownResult(
        outcome=outcome,
        draw=found.draw,
        stage=stage_of(found.draw, now=now),
        manifest_hash=bytes(found.draw.manifest_sha256).hex() if is_public else None,
        receipt_address=receipt_address(terms, found.draw) if is_public else None,
        lots=found.lots if plan.lots.yen is not None or plan.lots.times else None,
        rewards=[
            (prize_names[number], points)
            for number, points in enumerate(found.rewards, 1)
            if points
        ],
        awards=awards,
        has_prizes=len(plan.prizes) > 1,
        has_draw=not announcement.gives_to_all(terms),
        sentences=outside_sentences(terms, reasons_today) if outcome is Outcome.OUTSIDE else [],
    )


def shown_awards(
    terms: Terms, found: MemberResult, found_credits: list[MemberCredit]
) -> list[ShownAward]:
    """Return a member's awards in the order of the prizes; none before the confirmation."""
    if not found.awards or not any(found.awards):
        return []
    of_prize = {credit.prize: credit for credit in found_credits}
    prize_names = announcement.prize_names(terms)
    to_all = announcement.gives_to_all(terms)
    return [
        shown_award(
            prize_names[prize.number],
            found.rewards[prize.number - 1],
            found.awards[prize.number - 1],
            of_prize.get(prize.number),
            minimum_yen=terms.plan.minimum_of(prize),
            gives_to_all=to_all,
        )
        for prize in terms.plan.prizes
        if found.awards[prize.number - 1]
    ]


def shown_award(
    name: str,
    reward_points: int,
    award_points: int,
    credit: MemberCredit | None,
    *,
    minimum_yen: int,
    gives_to_all: bool,
) -> ShownAward:
    """Return one award with what became of it."""
    outcome = OF_AWARD.get(credit.state, Outcome.WON) if credit else Outcome.WON
    sentences = []
    if outcome is Outcome.FORFEITED and credit is not None:
        sentence = reasons.forfeit_sentence(
            credit.reason, minimum_yen=minimum_yen, gives_to_all=gives_to_all
        )
        sentences = [sentence]
    return ShownAward(name, outcome, reward_points, award_points, credit, sentences)


def find_outcome(found: MemberResult, awards: list[ShownAward]) -> Outcome:
    """Return the outcome of a member's result: of several awards the best that became of one."""
    if not found.is_entrant:
        return Outcome.OUTSIDE
    if not found.is_confirmed:
        return Outcome.ENTRANT
    became = {award.outcome for award in awards}
    best_first = (Outcome.CREDITED, Outcome.WON, Outcome.FORFEITED)
    return next((outcome for outcome in best_first if outcome in became), Outcome.LOST)


def receipt_address(terms: Terms, draw: Draw) -> str:
    """Return the address of the signed-in member's receipt of a draw."""
    return reverse("lottery:receipt", args=[terms.campaign.code, draw.sequence])


def outside_sentences(terms: Terms, codes: list[str]) -> list[str]:
    """Return why a member is not on the list of a draw."""
    words = reasons.member_sentences(terms, gives_to_all=announcement.gives_to_all(terms))
    return [words[code] for code in codes]


def find_void_notice(campaign: Campaign) -> VoidNotice | None:
    """Return the notice of the last void draw; None once a later draw is confirmed."""
    draws = list(queries.draws_of(campaign))
    void = [draw for draw in draws if draw.state == Draw.State.VOID]
    standing_one = next((draw for draw in draws if draw.state != Draw.State.VOID), None)
    if not void or (standing_one and standing_one.confirmed_at):
        return None
    is_announced = standing_one is not None and standing_one.published_at is not None
    return VoidNotice(void[-1], standing_one.round_time if standing_one and is_announced else None)
