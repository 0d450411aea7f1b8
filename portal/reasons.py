"""Why a booking does not count or a member is not in the draw, in the words of the rules."""

from django.utils.translation import gettext as _

from campaign.models import Terms
from campaign.rules import RULES
from entries.rules import KNOWN_TOO_LATE, MEMBER_RULES
from portal import formats, names


def booking_sentences(terms: Terms, *, is_final: bool = False) -> dict[str, str]:
    """Return by its code what a member reads about each rule that rejects a booking.

    Args: ``is_final``: from the crediting on, when nothing is waited for any more.
    """
    filled = placeholders(terms)
    return {
        rule.code: str((is_final and rule.unconfirmed) or rule.sentence) % filled for rule in RULES
    }


def member_sentences(terms: Terms) -> dict[str, str]:
    """Return by its code what a member reads about whatever keeps them out of the draw."""
    filled = placeholders(terms)
    return {why.code: str(why.sentence) % filled for why in (*MEMBER_RULES, KNOWN_TOO_LATE)}


def forfeit_sentence(terms: Terms, code: str) -> str:
    """Return what a member reads whose award was forfeited between draw and crediting."""
    filled = placeholders(terms)
    if code == "withdrawn":
        return _("You were drawn, but your WESTER membership had ended before the crediting.")
    if code == "below_minimum":
        sentence = _(
            "You were drawn, but after cancellations or the like your eligible total "
            "is below %(minimum)s yen."
        )
        return sentence % filled
    if code == "reversed":
        return _("You were drawn and points were credited, but they were taken back afterwards.")
    return _("You were drawn, but the points could not be credited to your account.")


def placeholders(terms: Terms) -> dict[str, str]:
    """Return the terms that the sentences speak of, in words."""
    return {
        "operator": str(names.operator_name(terms.operator)),
        "travel_first": formats.bare_day_in_words(terms.travel_first),
        "travel_last": formats.bare_day_in_words(terms.travel_last),
        "minimum": formats.grouped(terms.minimum_total_yen),
    }
