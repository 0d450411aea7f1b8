"""The sentences of the rules that reject a booking or a member."""

from django.utils.translation import gettext as _

from campaign.models import Terms
from campaign.rules import RULES
from entries.rules import KNOWN_TOO_LATE, MEMBER_RULES
from portal import formats, names


def booking_sentences(terms: Terms, *, is_final: bool = False) -> dict[str, str]:
    """Return for each rule of a booking, by its code, the sentence that members read.

    Args: ``is_final``: True from the crediting on, when nothing is pending.
    """
    filled = placeholders(terms)
    return {
        rule.code: str((is_final and rule.unconfirmed) or rule.sentence) % filled for rule in RULES
    }


def member_sentences(terms: Terms) -> dict[str, str]:
    """Return for each rule of a member, by its code, the sentence that members read."""
    filled = placeholders(terms)
    return {why.code: str(why.sentence) % filled for why in (*MEMBER_RULES, KNOWN_TOO_LATE)}


def forfeit_sentence(terms: Terms, code: str, *, prize: int = 1) -> str:
    """Return the sentence for a member whose award in a prize was forfeited after the draw.

    Args: ``prize``: its number in the plan.
    """
    plan = terms.plan
    filled = {"minimum": formats.grouped(plan.minimum_of(plan.prizes[prize - 1]))}
    if code == "withdrawn":
        return _("You were drawn, but your WESTER membership had ended before the crediting.")
    if code == "below_minimum":
        sentence = _(
            "You were drawn, but after cancellations or the like your eligible total "
            "is below %(minimum)s yen."
        )
        return sentence % filled
    if code == "lot_withdrawn":
        return _(
            "No points are given, because the rides of the lot that was drawn were cancelled "
            "or the like."
        )
    if code == "reversed":
        return _("You were drawn and points were credited, but they were taken back afterwards.")
    return _("You were drawn, but the points could not be credited to your account.")


def placeholders(terms: Terms) -> dict[str, str]:
    """Return the values of the terms that the sentences contain, in words."""
    return {
        "operator": str(names.operator_name(terms.operator)),
        "travel_first": formats.bare_day_in_words(terms.travel_first),
        "travel_last": formats.bare_day_in_words(terms.travel_last),
        "minimum": formats.grouped(terms.minimum_total_yen),
    }
