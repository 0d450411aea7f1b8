"""A version of the terms in words: what an approver reads, and what a revision changes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.timezone import localtime
from django.utils.translation import pgettext

from campaign.checks import DRAWINGS
from campaign.file_form import TRANSLATED
from campaign.law import LawFigures
from campaign.models import Terms
from portal import formats, revisions
from portal.announcement import language
from portal.desk.campaigns.fields import in_language
from portal.desk.campaigns.text_step import DRAWING, DRAWING_NAMES, LABELS, NOTE, TELEPHONE


@dataclass(frozen=True)
class Line:
    """A line of the summary: what it is about, and its sentences."""

    label: str
    sentences: list[str]


@dataclass(frozen=True)
class Change:
    """A change of a revision that members do not read as a sentence: before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class LawLine:
    """A prize beside what the law allows of it, as the page shows it."""

    name: str
    value: str
    limit: str
    holds: bool


def in_words(terms: Terms) -> list[Line]:
    """Return all that a version promises but the texts, in words, in the order of the steps."""
    found = [Line(*public_from(terms))]
    for group, label in revisions.LABELS.items():
        if group == "texts":
            continue
        if group in revisions.PARTS:
            sentences = list(revisions.PARTS[group](terms).values())
        else:
            sentences = [revisions.value_in_words(group, terms)]
        if any(sentences):
            found.append(Line(str(label), sentences))
    sales = pgettext("desk", "%(yen)s yen") % {"yen": formats.grouped(terms.expected_sales_yen)}
    basis = terms.expected_sales_basis
    return [*found, Line(pgettext("desk", "Expected sales and their basis"), [sales, basis])]


def public_from(terms: Terms) -> tuple[str, list[str]]:
    """Return the line about the front page."""
    shown = formats.moment_in_words(localtime(terms.public_at))
    return pgettext("desk", "Shown on the front page from"), [shown]


def texts_of(terms: Terms) -> dict[str, tuple[str, str]]:
    """Return every text of a version with its language, by its label."""
    texts = terms.texts
    found = {
        str(in_language(LABELS[text], one)): (texts[text][one], one)
        for text in TRANSLATED
        for one in ("ja", "en")
    }
    for number, note in enumerate(texts["notes"], 1):
        for one in ("ja", "en"):
            found[f"{in_language(NOTE, one)} {number}"] = (note[one], one)
    drawing = texts["drawing"]
    found[str(TELEPHONE)] = (texts["contact_telephone"], "ja")
    name = str(DRAWING_NAMES[drawing]) if drawing in DRAWINGS else drawing
    found[str(DRAWING)] = (name, "ja")
    return found


def changes_in_words(before: Terms, after: Terms) -> list[str]:
    """Return the sentences about a revision that members will read."""
    return list(revisions.changes(before, after))


def other_changes(before: Terms, after: Terms) -> Iterator[Change]:
    """Yield what else a revision changes: text by text, and what the pages do not show."""
    own, old = list_of_own(after), list_of_own(before)
    for label in {**old, **own}:
        first, second = old.get(label, ""), own.get(label, "")
        if first != second:
            yield Change(label, first, second)


def list_of_own(terms: Terms) -> dict[str, str]:
    """Return by label what members read as no sentence about a change."""
    label, (shown,) = public_from(terms)
    return {
        label: shown,
        pgettext("desk", "Expected sales of the campaign"): formats.grouped(
            terms.expected_sales_yen
        ),
        pgettext("desk", "Basis of the expected sales"): terms.expected_sales_basis,
        **{label: text for label, (text, _language) in texts_of(terms).items()},
    }


def law_lines(figures: LawFigures, names: dict[int, str]) -> list[LawLine]:
    """Return the prizes beside what the law allows of each."""
    percent = pgettext("desk", "%(number)s percent of the spending")
    points = pgettext("desk", "%(number)s points")
    return [
        LawLine(
            names.get(prize.number) or str(prize.number),
            (percent if prize.is_share else points) % {"number": formats.grouped(prize.value)},
            (percent if prize.is_share else points) % {"number": formats.grouped(prize.limit)},
            prize.holds,
        )
        for prize in figures.prizes
    ]


def names_in_content(prizes: list[dict[str, dict[str, str]]]) -> dict[int, str]:
    """Return the names of the prizes of a file in the language of the page, by their numbers."""
    return {number: prize["name"][language()] for number, prize in enumerate(prizes, 1)}


def in_language_of_page(text: Mapping[str, str]) -> str:
    """Return a text of a file in the language of the page."""
    return text[language()]
