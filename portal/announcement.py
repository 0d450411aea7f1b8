"""What the pages of a campaign announce: its own texts, and the sentences made from its terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaign.law import is_given_to_all
from campaign.models import Prize, Terms
from campaign.plan import Plan
from portal import booking_words, formats, plan_words
from portal.booking_words import Touch
from portal.sections import stretches_of
from portal.service_words import E5489

JAPANESE = "ja"


@dataclass(frozen=True)
class ShownPrize:
    """One prize: its name, who wins it, what they get, and what else holds for it."""

    number: int
    code: str
    name: str
    who: str
    what: str
    notes: list[str]


@dataclass(frozen=True)
class Figure:
    """One of the figures in large letters; ``kind`` chooses the words around the number.

    It is one of: points, up_to, share, yen.
    """

    title: str
    kind: str
    number: str


def language() -> str:
    """Return the language of the texts that is to be shown."""
    return JAPANESE if get_language() == JAPANESE else "en"


def name_of(named: Terms | Prize) -> str:
    """Return the name of a campaign or a prize in the language of the page."""
    return str(named.name_ja if language() == JAPANESE else named.name_en)


def own_texts(terms: Terms) -> dict[str, Any]:
    """Return the campaign's own texts in the language of the page."""
    return {name: in_language(text) for name, text in terms.texts.items()}


def in_language(text: Any) -> Any:
    """Return a text, or each of a list, in the language of the page."""
    if isinstance(text, list):
        return [in_language(one) for one in text]
    return text[language()] if isinstance(text, Mapping) else text


def prize_names(terms: Terms) -> dict[int, str]:
    """Return the names of the prizes in the language of the page, by their numbers."""
    return {prize.number: name_of(prize) for prize in terms.prizes.all()}


def gives_to_all(terms: Terms) -> bool:
    """Return whether the campaign draws nobody: everybody gets every prize."""
    return is_given_to_all(terms.plan, expected_sales_yen=terms.expected_sales_yen)


def touches_of(terms: Terms) -> list[Touch]:
    """Return the items of the terms that say which sections count; a query for each with lines."""
    return [
        Touch(
            services=touch["services"],
            operator=touch["operator"],
            lines=touch["lines"] or [],
            stretches=stretches_of(touch["operator"], touch["lines"]) if touch["lines"] else [],
        )
        for touch in terms.touches
    ]


def announce(terms: Terms) -> dict[str, Any]:
    """Return all that the template says of a campaign, the same for every visitor and state."""
    prefetch_related_objects([terms], "prizes")  # their names and the plan, by one query
    texts, plan = own_texts(terms), terms.plan
    services = booking_words.services_of(terms)
    touches = touches_of(terms)
    to_all = gives_to_all(terms)
    return {
        "terms": terms,
        "name": name_of(terms),
        "texts": texts,
        "services": services,
        "any_service": booking_words.all_services(terms),
        "has_e5489": E5489 in services,
        "ex_name": booking_words.ex_name(services) if booking_words.has_ex(services) else "",
        "kinds_registered": booking_words.kinds_of(terms.kinds_registered, services),
        "kinds_free": booking_words.kinds_of(terms.kinds_free, services),
        "kinds_excluded": booking_words.kinds_of(terms.kinds_excluded, services),
        "bookings_that_count": booking_words.which_bookings_count(terms, touches),
        "journeys_that_do_not": booking_words.which_journeys_do_not(touches),
        "lines": booking_words.lines_in_words(touches),
        "not_counted": booking_words.not_counted(terms, rail_points=texts["rail_points_name"]),
        "gives_to_all": to_all,
        "figures": figures(plan, gives_to_all=to_all),
        "prizes": shown_prizes(terms, to_all=to_all),
        "how_chosen": plan_words.how_winners_are_chosen(plan, gives_to_all=to_all),
        "lots": plan_words.lots_in_words(plan),
        "order_of_prizes": plan_words.order_of_prizes(plan),
        "budget": plan_words.budget_in_words(plan),
        "published": plan_words.what_is_published(plan, gives_to_all=to_all),
    }


def shown_prizes(terms: Terms, *, to_all: bool) -> list[ShownPrize]:
    """Return the prizes in their order, in words."""
    plan, named = terms.plan, prize_names(terms)
    return [
        ShownPrize(
            number=prize.number,
            code=prize.code,
            name=named[prize.number],
            who=plan_words.who_wins(plan, prize, gives_to_all=to_all),
            what=plan_words.what_a_winner_gets(prize, plan.lots),
            notes=plan_words.notes_of_prize(plan, prize),
        )
        for prize in plan.prizes
    ]


def figures(plan: Plan, *, gives_to_all: bool) -> list[Figure]:
    """Return the figures at the top of the page: the total, the minimum, the largest reward."""
    budget = formats.large_in_words(plan.budget_points)
    condition = _("To take part") if gives_to_all else _("To be in the draw")
    title = _("You get") if gives_to_all else _("If you win")
    kind, number = "up_to", formats.grouped(plan_words.largest_of_all(plan))
    if plan_words.shares_one_pool(plan):
        kind, number = "share", budget
    elif plan_words.is_one_amount(plan):
        kind = "points"
    return [
        Figure(_("Given back in all"), "points", budget),
        Figure(condition, "yen", formats.grouped(plan.minimum_total_yen)),
        Figure(title, kind, number),
    ]
