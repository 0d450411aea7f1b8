"""The plan of prizes in sentences: who wins, how much, by how many lots, and what bounds it.

Everything is made from plain values of the plan. Source: docs/specs/campaigns.md 3, 4.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.law import winners_at_their_largest
from campaign.plan import Fixed, Lots, Plan, Pool, Prize, Spent
from campaign.rewards import largest_reward
from portal import formats
from portal.service_words import facts_in_words

WHOLE_PERCENT = 100


def is_certain_to_fit(plan: Plan) -> bool:
    """Return whether the budget holds every prize, however many take part and win."""
    pools = sum(prize.reward.points for prize in plan.prizes if isinstance(prize.reward, Pool))
    others = [prize for prize in plan.prizes if not isinstance(prize.reward, Pool)]
    if any(prize.take.kind != "winners" for prize in others):
        return False
    return winners_at_their_largest(plan) + pools <= plan.budget_points


def how_winners_are_chosen(plan: Plan, *, gives_to_all: bool) -> list[str]:
    """Return the sentences about the draw, or about there being none."""
    if not gives_to_all:
        return [_("The winners are drawn by lot from all who have met the conditions.")]
    sentences = [_("Nobody is drawn: all who have met the conditions get points.")]
    if not is_certain_to_fit(plan):
        sentence = _(
            "If all of it came to more than %(budget)s points, a draw would decide who gets them."
        )
        sentences.append(sentence % {"budget": formats.large_in_words(plan.budget_points)})
    return sentences


def who_wins(plan: Plan, prize: Prize, *, gives_to_all: bool) -> str:
    """Return who wins a prize, as words above what they get."""
    count = {"count": formats.grouped(prize.take.count)}
    if prize.take.kind == "winners":
        return ngettext("%(count)s winner", "%(count)s winners", prize.take.count) % count
    if prize.take.kind == "one_in":
        return _("One in %(count)s, drawn by lot") % count
    if gives_to_all or (isinstance(prize.reward, Pool) and follows_nothing(prize)):
        return _("Everybody")
    if follows_nothing(prize):
        budget = {"budget": formats.large_in_words(plan.budget_points)}
        return _("Drawn by lot until the total of %(budget)s points is reached") % budget
    return _("Everybody who has won no prize above")


def follows_nothing(prize: Prize) -> bool:
    """Return whether earlier prizes keep nobody from this one."""
    return prize.number == 1 or prize.beside


def what_a_winner_gets(prize: Prize, lots: Lots) -> str:
    """Return what a winner of a prize gets, as a sentence."""
    reward = prize.reward
    if isinstance(reward, Fixed):
        points = {"points": formats.grouped(reward.points)}
        return _("Each gets %(points)s points.") % points
    if isinstance(reward, Pool):
        points = {"points": formats.large_in_words(reward.points)}
        if lots.yen is None and not lots.times:
            return _("All share %(points)s points equally.") % points
        return _("All share %(points)s points by the number of their lots.") % points
    values = {"percent": reward.percent, "cap": formats.grouped(reward.cap)}
    if reward.percent == WHOLE_PERCENT:
        return (
            _(
                "The total of what was spent in the travel period, one WESTER point for one yen, "
                "up to %(cap)s points for each WESTER ID."
            )
            % values
        )
    return (
        _(
            "%(percent)s%% of the total of what was spent in the travel period, in WESTER points, "
            "up to %(cap)s points for each WESTER ID."
        )
        % values
    )


def notes_of_prize(plan: Plan, prize: Prize) -> list[str]:
    """Return what else holds for a prize: its own minimum, other caps, what comes beside it."""
    notes = []
    if prize.minimum_total_yen and prize.minimum_total_yen != plan.minimum_total_yen:
        sentence = _("For members with a total of %(minimum)s yen or more.")
        notes.append(sentence % {"minimum": formats.grouped(prize.minimum_total_yen)})
    if isinstance(prize.reward, Spent):
        notes += other_caps(prize.reward)
    if isinstance(prize.reward, Pool):
        notes.append(_("Shares are rounded down to whole points."))
        if prize.reward.cap is not None:
            sentence = _("One share is %(cap)s points at most.")
            notes.append(sentence % {"cap": formats.grouped(prize.reward.cap)})
    if isinstance(prize.reward, Spent) and prize.reward.percent != WHOLE_PERCENT:
        notes.append(_("Rewards are rounded down to whole points."))
    if prize.take.kind == "one_in":
        notes.append(
            _("The number of winners is rounded up. Who wins is decided by the draw alone.")
        )
    if prize.beside and prize.number > 1:
        notes.append(_("This prize is given in addition to the prizes above."))
    return notes


def other_caps(reward: Spent) -> list[str]:
    """Return the sentences about the caps of members with some facts."""
    sentence = _("With %(facts)s, up to %(cap)s points.")
    found = [
        sentence % {"facts": facts_in_words(one.facts), "cap": formats.grouped(one.value)}
        for one in reward.cap_if
    ]
    return [*found, *([first_counts()] if len(found) > 1 else [])]


def first_counts() -> str:
    """Return the sentence for lists of which only the first item that fits counts."""
    return _("If several of these apply to you, the one named first counts.")


def lots_in_words(plan: Plan) -> list[str]:
    """Return the sentences about lots; none where everybody has one."""
    return list(lots_sentences(plan))


def lots_sentences(plan: Plan) -> Iterator[str]:
    """Yield what gives lots, then what multiplies them."""
    lots = plan.lots
    if lots.yen is not None and lots.most > 1:
        values = {"yen": formats.grouped(lots.yen), "most": formats.grouped(lots.most)}
        yield _("You have one lot for every %(yen)s yen of your total, at most %(most)s.") % values
        if lots.yen > plan.minimum_total_yen:
            yield _("Everybody who has met the conditions has at least one lot.")
    elif lots.times:
        yield _("Everybody who has met the conditions has one lot.")
    for one in lots.times:
        values = {"facts": facts_in_words(one.facts), "times": formats.grouped(one.value)}
        yield _("With %(facts)s, the number of your lots is multiplied by %(times)s.") % values
    if len(lots.times) > 1:
        yield first_counts()


def order_of_prizes(plan: Plan) -> list[str]:
    """Return in which order several prizes are drawn, and what becomes of those left over."""
    later = plan.prizes[1:]
    rest = (
        [_("If fewer can win a prize than it has winners, the rest of it is given to nobody.")]
        if any(prize.take.kind == "winners" for prize in plan.prizes)
        else []
    )
    if all(prize.beside for prize in later):
        return rest
    return [
        _("The prizes are drawn in the order in which they stand here."),
        _("A member who has won one is passed over for the others.")
        if not any(prize.beside for prize in later)
        else _("A member who has won one is passed over for the others but those in addition."),
        *rest,
    ]


def budget_in_words(plan: Plan) -> list[str]:
    """Return the sentences about the total, and about where it ends if it may."""
    budget = {"budget": formats.large_in_words(plan.budget_points)}
    sentences = [_("A total of %(budget)s points is planned to be given back.") % budget]
    if is_certain_to_fit(plan):
        return sentences
    if plan.edge == "partial":
        end = _("Where the total ends, the member drawn there gets what is left of it.")
    else:
        end = _("The draw ends where the next reward would go beyond the total.")
    return [*sentences, end]


def largest_of_all(plan: Plan) -> int:
    """Return the points of the largest reward that one prize can give."""
    return max(largest_reward(prize) for prize in plan.prizes)


def is_one_amount(plan: Plan) -> bool:
    """Return whether everybody who gets something gets the same points."""
    rewards = {prize.reward for prize in plan.prizes}
    return len(plan.prizes) == 1 and all(isinstance(reward, Fixed) for reward in rewards)


def shares_one_pool(plan: Plan) -> bool:
    """Return whether all of the plan is one pool without a cap."""
    rewards = [prize.reward for prize in plan.prizes]
    return len(rewards) == 1 and isinstance(rewards[0], Pool) and rewards[0].cap is None


def what_is_published(plan: Plan, *, gives_to_all: bool) -> list[str]:
    """Return what the published files of a draw show of entrants, before anybody enters.

    Source: docs/specs/draw-protocol.md 3.5.
    """
    sentences = [
        _(
            "So that everybody can check the points, we publish the list of those who take part "
            "(numbers made for it, without names and WESTER IDs), their lots, and their points."
        )
        if gives_to_all
        else _(
            "So that everybody can check that the draw is fair, we publish the list of entrants "
            "(numbers that change with every draw, without names and WESTER IDs), their lots, and "
            "the points of those who win."
        )
    ]
    if len(minima(plan)) > 1 or plan.lots.yen is not None:
        sentences.append(
            _(
                "Under such a number the list shows between which amounts a total lies that decide "
                "about lots and prizes, but not the total."
            )
        )
    if plan.lots.times:
        facts = sorted({fact for one in plan.lots.times for fact in one.facts})
        sentence = _("The number of lots may show whether there was %(facts)s.")
        sentences.append(sentence % {"facts": facts_in_words(facts)})
    if any(isinstance(prize.reward, Spent) for prize in plan.prizes):
        sentences.append(
            _(
                "Points that are a share of what was spent show under such a number how much was "
                "spent in total; at the cap they show only that it was that much or more."
            )
        )
    if not is_certain_to_fit(plan):
        sentences.append(
            _(
                "Where the total of all points ends, the reward that no longer fitted is published "
                "too."
            )
        )
    return sentences


def minima(plan: Plan) -> list[int]:
    """Return the totals from which one can win some prize, in yen, the least first."""
    return sorted({plan.minimum_of(prize) for prize in plan.prizes} | {plan.minimum_total_yen})
