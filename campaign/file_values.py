"""Read the values of a campaign file: each of its type, at a place that a refusal names.

A reader takes a value as JSON has it and its place, and returns the value as the database has it.
A place is a path such as ``prizes[0].reward.cap``; lists count from 0, as in JSON.
Source: docs/specs/campaigns.md 1.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from campaign.refusals import BrokenCampaignFile
from core.strict_json import join_place

Value = TypeVar("Value")
Reader = Callable[[Any, str], Value]

MAX_NUMBER = 10**12  # of yen and of points
MAX_NAME = 100
MAX_TEXT = 10_000
MAX_SHOWN = 40  # characters of a key that we do not know
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,40}")
NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
NOT_IN_A_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
DAY = re.compile(r"20\d\d-\d\d-\d\d", re.ASCII)
INSTANT = re.compile(
    r"20\d\d-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(Z|[+-](0\d|1[0-5]):[0-5]\d)", re.ASCII
)
# Japan is nine hours ahead.
FIRST_INSTANT = datetime(1999, 12, 31, 15, tzinfo=UTC)
LAST_INSTANT = datetime(2099, 12, 31, 14, 59, 59, tzinfo=UTC)


def broken(place: str, rule: str) -> BrokenCampaignFile:
    """Return the refusal of a value: its place, and what it must be."""
    return BrokenCampaignFile(f"{place}: {rule}")


def shown(name: str) -> str:
    """Return a key for a sentence: short, and without what a terminal would obey."""
    fits = name.isprintable() and 0 < len(name) <= MAX_SHOWN
    return name if fits else ascii(name)[:MAX_SHOWN]


def words(names: Iterable[str]) -> str:
    """Return names as a sentence lists them."""
    return ", ".join(names)


def read_code(value: Any, place: str) -> str:
    """Read a code: of a campaign, a prize, a service, a kind, a fact."""
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        raise broken(place, _("must be 1 to 40 of A-Z, a-z, 0-9, _ and -."))
    return value


def read_truth(value: Any, place: str) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise broken(place, _("must be true or false."))
    return value


def read_day(value: Any, place: str) -> date:
    """Read a day of the years 2000 to 2099."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise broken(place, _("must be a day from 2000 to 2099, like 2024-12-26."))
    try:
        return date.fromisoformat(value)
    except ValueError as failure:
        raise broken(place, _("is no day of the calendar.")) from failure


def read_instant(value: Any, place: str) -> datetime:
    """Read an instant with its offset, a whole second of the years 2000 to 2099."""
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        raise broken(place, _("must be a whole second like 2024-12-10T12:00:00+09:00."))
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as failure:
        raise broken(place, _("is no day of the calendar.")) from failure
    if not FIRST_INSTANT <= instant <= LAST_INSTANT:
        raise broken(place, _("must be from 2000 to 2099 in Japan."))
    return instant


def read_name(value: Any, place: str) -> str:
    """Read one line of text, which may be empty: whether one is missing is for the check."""
    if not isinstance(value, str):
        raise broken(place, _("must be a text in quotes."))
    if NOT_IN_A_LINE.search(value):
        raise broken(place, _("must be one line without control characters."))
    if len(value) > MAX_NAME:
        raise broken(place, _("must have at most %(most)s characters.") % {"most": f"{MAX_NAME:,}"})
    return value


def read_given_name(value: Any, place: str) -> str:
    """Read one line of text that is not empty."""
    name = read_name(value, place)
    if not name.strip():
        raise broken(place, _("must be a text that is not empty."))
    return name


def read_text(value: Any, place: str) -> str:
    r"""Read a plain text, which may have line ends (``\n``) and may be empty."""
    if not isinstance(value, str):
        raise broken(place, _("must be a text in quotes."))
    if NOT_IN_A_TEXT.search(value):
        raise broken(place, _("must be plain text without control characters but \\n."))
    if len(value) > MAX_TEXT:
        raise broken(place, _("must have at most %(most)s characters.") % {"most": f"{MAX_TEXT:,}"})
    return value


def number_from(least: int, most: int = MAX_NUMBER) -> Reader[int]:
    """Return the reader of a whole number from ``least`` to ``most``, written in digits only."""

    def read(value: Any, place: str) -> int:
        if type(value) is not int or not least <= value <= most:
            rule = _("must be a whole number from %(least)s to %(most)s.")
            raise broken(place, rule % {"least": f"{least:,}", "most": f"{most:,}"})
        return value

    return read


def one_of(*allowed: str) -> Reader[str]:
    """Return the reader of one of these words."""

    def read(value: Any, place: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            rule = _("must be one of: %(allowed)s.")
            raise broken(place, rule % {"allowed": words(map(json.dumps, allowed))})
        return value

    return read


def null_or(reader: Reader[Value]) -> "Reader[Value | None]":
    """Return the reader of null, or of what the other reads."""
    return lambda value, place: None if value is None else reader(value, place)


def list_of(
    reader: Reader[Value], *, may_be_empty: bool = False, max_items: int | None = None
) -> "Reader[list[Value]]":
    """Return the reader of a list in its order, which names nothing twice."""

    def read(value: Any, place: str) -> list[Value]:
        if not isinstance(value, list):
            raise broken(place, _("must be a list."))
        if not value and not may_be_empty:
            raise broken(place, _("must be a list that is not empty."))
        if max_items is not None and len(value) > max_items:
            raise broken(place, _("must have at most %(most)s items.") % {"most": max_items})
        found: dict[str, int] = {}
        items = []
        for number, item in enumerate(value):
            items.append(reader(item, f"{place}[{number}]"))
            first = found.setdefault(json.dumps(items[-1], sort_keys=True, default=str), number)
            if first != number:
                rule = _("is the same as %(first)s; leave one.")
                raise broken(f"{place}[{number}]", rule % {"first": f"{place}[{first}]"})
        return items

    return read


def set_of(reader: Reader[str], *, may_be_empty: bool = False) -> Reader[list[str]]:
    """Return the reader of a list whose order means nothing: it is sorted as bytes."""
    read = list_of(reader, may_be_empty=may_be_empty)
    return lambda value, place: sorted(read(value, place))


def read_object(
    value: Any, place: str, *, readers: Mapping[str, Reader[Any]], hint: str = ""
) -> dict[str, Any]:
    """Read an object of exactly these keys, in their order; ``hint`` follows their names."""
    keys = {"keys": f"{words(readers)}{hint}"}
    if not isinstance(value, dict):
        raise broken(place, _("must be an object with %(keys)s.") % keys)
    for key in value:
        if key not in readers:
            rule = _("no such field; allowed here: %(keys)s.")
            raise broken(join_place(place, shown(key)), rule % keys)
    for key in readers:
        if key not in value:
            raise broken(join_place(place, key), _("missing; required here: %(keys)s.") % keys)
    return {key: read(value[key], join_place(place, key)) for key, read in readers.items()}


def object_of(readers: Mapping[str, Reader[Any]]) -> Reader[dict[str, Any]]:
    """Return the reader of an object of exactly these keys."""
    return lambda value, place: read_object(value, place, readers=readers)


def in_both_languages(reader: Reader[str]) -> Reader[dict[str, Any]]:
    """Return the reader of a text in Japanese and English."""
    return object_of({"ja": reader, "en": reader})
