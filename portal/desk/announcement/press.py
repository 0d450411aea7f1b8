"""The sentences for the press, in Japanese and English, whatever the language of the page."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portal import formats
from portal.announcement import JAPANESE, name_of
from portal.desk.announcement.figures import Figures


@dataclass(frozen=True)
class Statement:
    """What may be told in one language: the language, its code, and the sentences."""

    code: str
    language: str
    text: str


def statements(figures: Figures) -> list[Statement]:
    """Return what may be told of a campaign, in each language of the pages."""
    found = []
    for code, language in settings.LANGUAGES:
        with translation.override(code):
            found.append(Statement(code, str(language), statement(figures)))
    return found


def statement(figures: Figures) -> str:
    """Return what may be told of a campaign, in the language that is set; empty where nothing."""
    separator = "" if translation.get_language() == JAPANESE else " "
    return separator.join(one for one in sentences(figures) if one)


def sentences(figures: Figures) -> list[str]:
    """Return the sentences: who took part, what was decided, what was credited."""
    words = {"name": name_of(figures.terms), "entries": formats.grouped(figures.entries)}
    if figures.terms.entry_needed:
        entered = _("%(entries)s members entered the campaign “%(name)s”.") % words
    else:
        entered = _("Nobody needed to enter the campaign “%(name)s”.") % words
    return [entered, decided(figures), credited(figures)]


def decided(figures: Figures) -> str:
    """Return the sentence on who won; empty for every reader until the result is confirmed."""
    found, draw = figures.outcome, figures.draw
    if found is None or draw is None or draw.confirmed_at is None:
        return ""
    words = {
        "entrants": formats.grouped(draw.entry_count),
        "winners": formats.grouped(figures.winners),
        "points": formats.grouped(found.award_points),
    }
    if figures.to_all:
        sentence = _(
            "%(points)s points in all are given back to the %(winners)s members who met the "
            "conditions."
        )
    elif figures.winners == draw.entry_count:
        sentence = _(
            "All %(winners)s members who met the conditions were drawn; they win %(points)s "
            "points in all."
        )
    else:
        sentence = _(
            "Of the %(entrants)s members who met the conditions, %(winners)s were drawn by lot; "
            "they win %(points)s points in all."
        )
    return sentence % words


def credited(figures: Figures) -> str:
    """Return the sentence on what was credited; empty before the last award is."""
    found, payout = figures.outcome, figures.payout
    if found is None or payout is None or payout.ended_at is None:
        return ""
    words = {
        "day": formats.bare_day_in_words(localtime(payout.ended_at).date()),
        "members": formats.grouped(figures.credited_members),
        "points": formats.grouped(found.credited_points),
    }
    return _("On %(day)s %(points)s points were credited to %(members)s members.") % words
