"""Why a booking does not count or a member is not in the draw, in the words of the rules."""

from campaign.models import Terms
from campaign.rules import RULES
from entries.rules import MEMBER_RULES
from portal import formats, names

BOOKING_SENTENCES = {rule.code: rule.sentence for rule in RULES}
MEMBER_SENTENCES = {rule.code: rule.sentence for rule in MEMBER_RULES}


def booking_sentence(code: str, terms: Terms) -> str:
    """Return what a member reads about a rule that rejects a booking."""
    return str(BOOKING_SENTENCES[code]) % placeholders(terms)


def member_sentence(code: str, terms: Terms) -> str:
    """Return what a member reads about a rule that keeps them out of the draw."""
    return str(MEMBER_SENTENCES[code]) % placeholders(terms)


def placeholders(terms: Terms) -> dict[str, str]:
    """Return the terms that the sentences speak of, in words."""
    return {
        "operator": str(names.operator_name(terms.operator)),
        "travel_first": formats.bare_day_in_words(terms.travel_first),
        "travel_last": formats.bare_day_in_words(terms.travel_last),
        "minimum": formats.grouped(terms.minimum_total_yen),
    }
