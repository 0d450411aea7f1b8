"""The prizes of a plan as the page of the draw shows them: who wins, and what came of it."""

from dataclasses import dataclass

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from campaign.law import is_given_to_all
from campaign.models import BudgetEdge, Terms
from campaign.plan import Plan, Prize
from lottery.models import Award, Draw


@dataclass(frozen=True)
class ShownPrize:
    """One prize: its name, who wins it, and its own minimum (yen), where it has one."""

    number: int
    name: str
    who: str
    minimum_yen: int | None
    is_beside: bool


@dataclass(frozen=True)
class PrizeResult:
    """What came of one prize: the winners of a whole reward, out of those who could win it.

    ``is_short`` where there are fewer winners than were planned.
    """

    name: str
    eligible: int
    winners: int
    is_short: bool


def shown_prizes(terms: Terms) -> list[ShownPrize]:
    """Return the prizes of the terms in their order, in the active language."""
    names, to_all = prize_names(terms), gives_to_all(terms)
    return [
        ShownPrize(
            number=prize.number,
            name=names[prize.number],
            who=who_wins(prize, to_all=to_all),
            minimum_yen=prize.minimum_total_yen,
            is_beside=prize.beside and prize.number > 1,
        )
        for prize in terms.plan.prizes
    ]


def prize_names(terms: Terms) -> dict[int, str]:
    """Return the names of the prizes in the active language, by their numbers."""
    is_japanese = get_language() == "ja"
    return {
        prize.number: prize.name_ja if is_japanese else prize.name_en
        for prize in terms.prizes.all()
    }


def who_wins(prize: Prize, *, to_all: bool) -> str:
    """Return how many win a prize, as words beside its name.

    Args: ``to_all``: whether everybody gets every prize of the plan.
    """
    if to_all:
        return _("all who have met its conditions")
    count = prize.take.count
    if prize.take.kind == "winners":
        return ngettext("%(count)s winner", "%(count)s winners", count) % {"count": f"{count:,}"}
    if prize.take.kind == "one_in":
        return _("one in %(count)s of those who can win it") % {"count": f"{count:,}"}
    return _("everybody who can win it, as long as the points suffice")


def prize_results(draw: Draw) -> list[PrizeResult]:
    """Return what came of each prize of a draw that was run."""
    names, counts = prize_names(draw.terms), zip(draw.eligible, draw.winners or (), strict=True)
    return [
        PrizeResult(
            name=names[prize.number],
            eligible=eligible,
            winners=winners,
            is_short=winners < planned_winners(prize, eligible),
        )
        for prize, (eligible, winners) in zip(draw.terms.plan.prizes, counts, strict=True)
    ]


def find_partial_award(draw: Draw) -> int:
    """Return the points of the partial award, the last one of a draw; 0 where there is none."""
    if draw.terms.edge != BudgetEdge.PARTIAL:
        return 0
    awards = Award.objects.filter(draw=draw).select_related("entrant")
    last: Award | None = awards.order_by("-prize", "-rank").first()
    if last is None or last.points == last.entrant.rewards[last.prize - 1]:
        return 0
    return last.points


def planned_winners(prize: Prize, eligible: int) -> int:
    """Return how many were to win a prize; of one for all, 0, for earlier winners are not known."""
    if prize.take.kind == "winners":
        return prize.take.count
    return -(-eligible // prize.take.count) if prize.take.kind == "one_in" else 0


def gives_to_all(terms: Terms) -> bool:
    """Return whether the campaign draws nobody: everybody gets every prize."""
    return is_given_to_all(terms.plan, expected_sales_yen=terms.expected_sales_yen)


def has_several_lots(plan: Plan) -> bool:
    """Return whether some entrant can have more lots than another."""
    return plan.lots.most > 1 or bool(plan.lots.times)
