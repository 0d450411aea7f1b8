"""What the law on premiums (景品表示法) allows a plan of prizes, by its numbers.

One point is worth one yen. Source: docs/specs/campaigns.md 8.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from campaign.findings import Finding
from campaign.plan import PERCENT, Fixed, Plan, Pool, Prize, Spent
from campaign.rewards import largest_reward

# 総付: everybody gets it.
SHARE_OF_PURCHASE_PERCENT = 20
SMALL_PURCHASE_YEN = 1_000
SMALL_PURCHASE_POINTS = 200
# 一般懸賞: a lottery decides who gets it.
TIMES_THE_PURCHASE = 20
MAX_REWARD_POINTS = 100_000
SHARE_OF_SALES_PERCENT = 2


@dataclass(frozen=True)
class PrizeFigures:
    """A prize beside what the law allows of it, in points or (``is_share``) in percent."""

    number: int
    value: int
    limit: int
    is_share: bool = False

    @property
    def holds(self) -> bool:
        """Whether the law allows it."""
        return self.value <= self.limit


@dataclass(frozen=True)
class LawFigures:
    """The figures of a plan by which the law judges it.

    ``limit`` is the share of the expected sales that all prizes may come to; it binds a lottery
    only, while ``is_gift`` means that everybody gets every prize.
    """

    is_gift: bool
    prizes: tuple[PrizeFigures, ...]
    largest: int
    limit: int
    expected_sales_yen: int

    @property
    def holds(self) -> bool:
        """Whether the law allows all prizes together."""
        return self.is_gift or self.largest * PERCENT <= (
            self.expected_sales_yen * SHARE_OF_SALES_PERCENT
        )

    @property
    def share_percent(self) -> str:
        """The prizes' share of the expected sales in percent, to a hundredth, rounded up."""
        hundredths = -(-self.largest * PERCENT * 100 // self.expected_sales_yen)
        return f"{hundredths // 100:,}.{hundredths % 100:02}"


def law_figures(plan: Plan, *, expected_sales_yen: int) -> LawFigures:
    """Return the figures of a plan beside what the law allows, for a person to compare."""
    is_gift = is_given_to_all(plan, expected_sales_yen=expected_sales_yen)
    return LawFigures(
        is_gift=is_gift,
        prizes=tuple(
            gift_figures(plan, prize) if is_gift else lottery_figures(plan, prize)
            for prize in plan.prizes
        ),
        largest=plan_at_its_largest(plan),
        limit=expected_sales_yen * SHARE_OF_SALES_PERCENT // PERCENT,
        expected_sales_yen=expected_sales_yen,
    )


def gift_figures(plan: Plan, prize: Prize) -> PrizeFigures:
    """Return the figures of a prize that everybody gets."""
    if isinstance(prize.reward, Spent):
        share = prize.reward.percent
        return PrizeFigures(prize.number, share, SHARE_OF_PURCHASE_PERCENT, is_share=True)
    return PrizeFigures(prize.number, largest_reward(prize), largest_gift(plan.minimum_of(prize)))


def lottery_figures(plan: Plan, prize: Prize) -> PrizeFigures:
    """Return the figures of a prize of a lottery."""
    return PrizeFigures(prize.number, largest_reward(prize), largest_prize(plan, prize))


def largest_prize(plan: Plan, prize: Prize) -> int:
    """Return the points that one prize of a lottery may come to."""
    if not isinstance(prize.reward, Fixed):
        return MAX_REWARD_POINTS
    return min(MAX_REWARD_POINTS, plan.minimum_of(prize) * TIMES_THE_PURCHASE)


def check_law(plan: Plan, *, expected_sales_yen: int) -> list[Finding]:
    """Return where a plan goes beyond the law, the prizes in their order."""
    if is_given_to_all(plan, expected_sales_yen=expected_sales_yen):
        return [found for prize in plan.prizes for found in check_gift(plan, prize)]
    found = [found for prize in plan.prizes for found in check_lottery_prize(plan, prize)]
    largest = plan_at_its_largest(plan)
    if largest * PERCENT > expected_sales_yen * SHARE_OF_SALES_PERCENT:
        sentence = _(
            "All prizes may come to at most %(percent)s percent of the expected sales, "
            "%(limit)s points; these come to %(points)s. Lower them, or the budget."
        )
        limit = expected_sales_yen * SHARE_OF_SALES_PERCENT // PERCENT
        words = {
            "percent": SHARE_OF_SALES_PERCENT,
            "limit": f"{limit:,}",
            "points": f"{largest:,}",
        }
        found.append(Finding("prizes_above_share_of_sales", "budget_points", sentence % words))
    return found


def is_given_to_all(plan: Plan, *, expected_sales_yen: int) -> bool:
    """Return whether everybody gets every prize (総付), as the budget holds all of them."""
    if any(prize.take.kind != "all" for prize in plan.prizes):
        return False
    needed = sum(
        (points_for_all(plan, prize, expected_sales_yen) for prize in plan.prizes), Fraction()
    )
    return plan.budget_points >= needed


def points_for_all(plan: Plan, prize: Prize, expected_sales_yen: int) -> Fraction:
    """Return the points that a prize comes to where everybody gets it, by the expected sales."""
    reward = prize.reward
    if isinstance(reward, Spent):
        return Fraction(expected_sales_yen * reward.percent, PERCENT)
    if isinstance(reward, Fixed):
        return Fraction(expected_sales_yen, plan.minimum_of(prize)) * reward.points
    return Fraction(reward.points)


def plan_at_its_largest(plan: Plan) -> int:
    """Return the points of the whole plan at its largest.

    Each prize's number of winners by its largest reward; the budget, where a prize takes otherwise.
    """
    if any(prize.take.kind != "winners" for prize in plan.prizes):
        return plan.budget_points
    return winners_at_their_largest(plan)


def winners_at_their_largest(plan: Plan) -> int:
    """Return the points of all prizes with a number of winners, each by its largest reward."""
    return sum(
        prize.take.count * largest_reward(prize)
        for prize in plan.prizes
        if prize.take.kind == "winners"
    )


def largest_gift(purchase_yen: int) -> int:
    """Return the largest lawful reward that everybody with this purchase gets."""
    if purchase_yen < SMALL_PURCHASE_YEN:
        return SMALL_PURCHASE_POINTS
    return purchase_yen * SHARE_OF_PURCHASE_PERCENT // PERCENT


def check_gift(plan: Plan, prize: Prize) -> Iterator[Finding]:
    """Yield where a prize that everybody gets is larger than the law allows."""
    field = f"prizes[{prize.number - 1}].reward"
    reward = prize.reward
    if isinstance(reward, Spent) and reward.percent > SHARE_OF_PURCHASE_PERCENT:
        sentence = _("What everybody gets may be at most %(percent)s percent of what was spent.")
        words = {"percent": SHARE_OF_PURCHASE_PERCENT}
        yield Finding("gift_too_large", f"{field}.percent", sentence % words)
    limit = largest_gift(plan.minimum_of(prize))
    if isinstance(reward, Fixed) and reward.points > limit:
        yield gift_too_large(f"{field}.points", limit)
    if isinstance(reward, Pool) and reward.cap is None:
        yield pool_without_cap(f"{field}.cap", limit)
    elif isinstance(reward, Pool) and reward.cap is not None and reward.cap > limit:
        yield gift_too_large(f"{field}.cap", limit)


def gift_too_large(field: str, limit: int) -> Finding:
    """Return the finding of points beyond what everybody may get."""
    sentence = _("What everybody gets for this minimum may be at most %(limit)s points.")
    return Finding("gift_too_large", field, sentence % {"limit": f"{limit:,}"})


def pool_without_cap(field: str, limit: int) -> Finding:
    """Return the warning of a pool whose shares nothing bounds but their number."""
    sentence = _(
        "Without a cap a share may be larger than the law allows, %(limit)s points; think of a cap."
    )
    words = {"limit": f"{limit:,}"}
    return Finding("pool_without_cap", field, sentence % words, refuses=False)


def check_lottery_prize(plan: Plan, prize: Prize) -> Iterator[Finding]:
    """Yield where a prize of a lottery is larger than the law allows.

    A share of what was spent is never above 20 times the spending that earns it, as it is at most
    10 times: only its caps count. A pool without a cap is warned of, as in a gift to all: how
    large its shares are depends on how many there are.
    """
    words = {Spent: "cap", Fixed: "points", Pool: "cap"}
    field = f"prizes[{prize.number - 1}].reward.{words[type(prize.reward)]}"
    limit, largest = largest_prize(plan, prize), largest_reward(prize)
    if largest <= limit:
        return
    if isinstance(prize.reward, Pool) and prize.reward.cap is None:
        yield pool_without_cap(field, limit)
    else:
        sentence = _(
            "The largest reward, %(points)s points, is above what the prize law allows here: "
            "%(limit)s yen for one prize of a lottery."
        )
        figures = {"points": f"{largest:,}", "limit": f"{limit:,}"}
        yield Finding("prize_too_large", field, sentence % figures)
