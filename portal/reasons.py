"""The sentences of the rules that reject a booking or a member."""

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaign.models import Terms
from campaign.rules import rules_of
from entries.rules import KNOWN_TOO_LATE, MEMBER_RULES
from portal import announcement, booking_words, formats, listing


def booking_sentences(terms: Terms, *, is_final: bool = False) -> dict[str, str]:
    """Return for each rule of a booking, by its code, the sentence that members read.

    Args: ``is_final``: True from the crediting on, when nothing is pending.
    """
    filled = booking_placeholders(terms)
    return {
        rule.code: str((is_final and rule.unconfirmed) or rule.sentence) % filled
        for rule in rules_of(terms)
    }


def member_sentences(terms: Terms, *, gives_to_all: bool = False) -> dict[str, str]:
    """Return for each rule of a member, by its code, the sentence that members read."""
    sentences = {why.code: str(why.sentence) for why in (*MEMBER_RULES, KNOWN_TOO_LATE)}
    if gives_to_all:
        sentences |= sentences_without_draw()
    filled = {"minimum": formats.grouped(terms.minimum_total_yen)}
    return {code: sentence % filled for code, sentence in sentences.items()}


def sentences_without_draw() -> dict[str, str]:
    """Return the sentences of the rules of a member where nobody is drawn."""
    return {
        "not_entered": _("No points are given, because there is no entry."),
        "entered_elsewhere": _(
            "No points are given here, because the entry to another course of the series came "
            "first."
        ),
        "below_minimum": _(
            "No points are given, because the eligible total is below %(minimum)s yen."
        ),
        KNOWN_TOO_LATE.code: _(
            "No points are given, because the entry or the rides were not known when the list "
            "was fixed."
        ),
    }


def forfeit_sentence(code: str, *, minimum_yen: int, gives_to_all: bool = False) -> str:
    """Return the sentence for a member whose award was forfeited after the draw.

    Args: ``minimum_yen``: the total from which a member may win the prize; ``gives_to_all``:
        True where nobody is drawn.
    """
    if code == "lot_withdrawn":
        return _(
            "No points are given, because the rides of the lot that was drawn were cancelled "
            "or the like."
        )
    if gives_to_all:
        return forfeit_without_draw(code, minimum_yen=minimum_yen)
    if code == "withdrawn":
        return _("You were drawn, but your WESTER membership had ended before the crediting.")
    if code == "below_minimum":
        sentence = _(
            "You were drawn, but after cancellations or the like your eligible total "
            "is below %(minimum)s yen."
        )
        return sentence % {"minimum": formats.grouped(minimum_yen)}
    if code == "reversed":
        return _("You were drawn and points were credited, but they were taken back afterwards.")
    return _("You were drawn, but the points could not be credited to your account.")


def forfeit_without_draw(code: str, *, minimum_yen: int) -> str:
    """Return the sentence for a forfeited award where nobody is drawn."""
    if code == "withdrawn":
        return _("No points are given, because the WESTER membership has ended.")
    if code == "below_minimum":
        sentence = _(
            "No points are given: after cancellations or the like your eligible total is below "
            "%(minimum)s yen."
        )
        return sentence % {"minimum": formats.grouped(minimum_yen)}
    if code == "reversed":
        return _("Points were credited to you, but they were taken back afterwards.")
    return _("No points are given, because they could not be credited to your account.")


def booking_placeholders(terms: Terms) -> dict[str, str]:
    """Return the values of the terms that the sentences contain, in words."""
    texts = announcement.own_texts(terms)
    services = booking_words.services_of(terms)
    return {
        "sections": booking_words.missing_sections(announcement.touches_of(terms)),
        "travel": formats.periods_in_words(terms.periods),
        "booked": instants_in_words(terms.booked_from, terms.booked_until),
        "kinds": listing.join_names(booking_words.kinds_of(terms.kinds_excluded, services)),
        "registration": texts["registration_name"],
        "rail_points": texts["rail_points_name"],
        "places": booking_words.places_in_words(terms.channels_excluded),
        "payment": booking_words.ways_that_count(terms),
    }


def instants_in_words(start: datetime | None, until: datetime | None) -> str:
    """Return a half-open period of instants for a sentence; empty where there is none."""
    if start is None or until is None:
        return ""
    return pgettext("a period", "%(first)s to %(last)s") % {
        "first": formats.moment_in_words(localtime(start)),
        "last": formats.deadline_in_words(localtime(until)),
    }
