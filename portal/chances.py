"""What a member's total gives of each prize, in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.plan import Plan, Pool, Prize, Spent
from campaign.rewards import lots_of, reward_of
from portal import formats


@dataclass(frozen=True)
class Chance:
    """What today's total gives of one prize: its name, and the words for what a winner gets.

    ``is_at_cap``: the total is above what is given back.
    """

    name: str
    words: str
    points: int
    is_at_cap: bool = False


def chances_of(
    plan: Plan, names: Mapping[int, str], *, total_yen: int, facts: Collection[str]
) -> list[Chance]:
    """Return what a total gives of each prize; nothing below the campaign's minimum."""
    if total_yen < plan.minimum_total_yen:
        return []
    lots = lots_of(plan, total_yen, facts)
    return [
        chance_of(plan, prize, names[prize.number], total_yen, facts, lots=lots)
        for prize in plan.prizes
    ]


def chance_of(
    plan: Plan, prize: Prize, name: str, total_yen: int, facts: Collection[str], *, lots: int
) -> Chance:
    """Return what a total gives of one prize."""
    missing = plan.minimum_of(prize) - total_yen
    if missing > 0:
        sentence = _("%(missing)s yen more for this prize")
        return Chance(name, sentence % {"missing": formats.grouped(missing)}, points=0)
    if isinstance(prize.reward, Pool):
        return Chance(name, share_in_words(plan, lots), points=0)
    points = reward_of(plan, prize, total_yen, facts, lots=lots) or 0
    return Chance(
        name,
        points_in_words(points),
        points=points,
        is_at_cap=isinstance(prize.reward, Spent)
        and points == prize.reward.cap_of(facts)
        and is_above(prize.reward, total_yen, points),
    )


def is_above(reward: Spent, total_yen: int, points: int) -> bool:
    """Return whether a total would give more than it does without the cap."""
    return total_yen * reward.percent // 100 > points


def share_in_words(plan: Plan, lots: int) -> str:
    """Return what a member gets of a pool before it is known who takes part."""
    if plan.lots.yen is None and not plan.lots.times:
        return _("an equal share, known once it is certain who takes part")
    return ngettext(
        "a share for %(lots)s lot, known once it is certain who takes part",
        "a share for %(lots)s lots, known once it is certain who takes part",
        lots,
    ) % {"lots": formats.grouped(lots)}


def points_in_words(points: int) -> str:
    """Return points with their unit."""
    return _("%(points)s points") % {"points": formats.grouped(points)}
