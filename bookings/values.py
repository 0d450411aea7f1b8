"""Check the values of a feed, kind by kind, one value at a time.

These functions are the exact rules. ``Kind.pattern`` matches usual values in bytes, for the fast
path of ``bookings.chunks``; it may match fewer values than the rule accepts, never more.

Source: docs/specs/feeds.md 1.10, 2.1.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from bookings.journeys import is_well_formed, journey_pattern

# In the contract's order: where several apply, the first is the row's reason. Those from
# unknown_service on depend on stored data and come from the loader; so does an unknown campaign.
ROW_REASONS = (
    "nul_byte",
    "line_too_long",
    "bad_column_count",
    "missing_value",
    "bad_identifier",
    "bad_timestamp",
    "bad_date",
    "bad_amount",
    "bad_number",
    "unknown_value",
    "unexpected_value",
    "bad_journey",
    "unknown_service",
    "unknown_station",
    "conflicting_event",
    "outside_entry_period",
)
MAX_RECORD_BYTES = 8192  # as delivered, without the line end

ENCODINGS = ("utf-8", "cp932")  # that a manifest may name

# [0-9] throughout: \d, int() and fromisoformat() accept more than ASCII digits, or other forms.
IDENTIFIER_FORM = re.compile(r"[A-Za-z0-9_-]{1,40}")
DATE_FORM = re.compile(r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})")
TIMESTAMP_FORM = re.compile(
    r"(?P<date>[0-9-]{10})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-5]):[0-5][0-9])"
)
AMOUNT_FORM = re.compile(r"0|[1-9][0-9]{0,6}")
NUMBER_FORM = re.compile(r"[1-9][0-9]?")


def is_identifier(text: str) -> bool:
    """Return whether this is an upstream identifier."""
    return IDENTIFIER_FORM.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Return whether this is a real day ``YYYY-MM-DD`` of the years 2000 to 2099."""
    form = DATE_FORM.fullmatch(text)
    if form is None:
        return False
    year, month, day = map(int, form.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_timestamp(text: str) -> bool:
    """Return whether this is a real instant: date, ``T``, time, and ``Z`` or an offset.

    The year is checked as written. There is no 24:00 and no second 60; an offset is at most 15:59
    either way, which is PostgreSQL's limit.
    """
    form = TIMESTAMP_FORM.fullmatch(text)
    if form is None or not is_date(form["date"]):
        return False
    try:
        hour, minute, second = map(int, form.group(2, 3, 4))
        time(hour, minute, second)
    except ValueError:
        return False
    return True


def is_amount(text: str) -> bool:
    """Return whether this is an amount in whole yen, 0 to 9,999,999."""
    return AMOUNT_FORM.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Return whether this is an item number, 1 to 99."""
    return NUMBER_FORM.fullmatch(text) is not None


@dataclass(frozen=True)
class Kind:
    """One kind of value: how it is recognised, and the reason code otherwise.

    ``accepts`` accepts whatever ``pattern`` matches in UTF-8. ``pattern`` matches no character
    that CSV or COPY would have to quote: no comma, quote, backslash or control character.
    """

    reason: str
    accepts: Callable[[str], bool]
    pattern: bytes


def choice_of(*choices: str) -> Kind:
    """Return the kind of an enumeration's values, which are ASCII words."""
    pattern = b"(?:" + b"|".join(choice.encode("ascii") for choice in choices) + b")"
    return Kind("unknown_value", frozenset(choices).__contains__, pattern)


# First the days that every month has. From 2000 to 2099 every fourth year is a leap year.
DATE_PATTERN = (
    rb"20(?:[0-9][0-9]-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    rb"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    rb"|(?:[02468][048]|[13579][26])-02-29)"
)
TIMESTAMP_PATTERN = (
    DATE_PATTERN + rb"T(?!2[4-9])[012][0-9]:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    rb"(?:[+-](?:0[0-9]|1[0-5]):[0-5][0-9]|Z)"
)
IDENTIFIER = Kind("bad_identifier", is_identifier, rb"[A-Za-z0-9_-]{1,40}")
TIMESTAMP = Kind("bad_timestamp", is_timestamp, TIMESTAMP_PATTERN)
DATE = Kind("bad_date", is_date, DATE_PATTERN)
# A name with one of these is checked by the exact rule.
CHARACTERS_TO_QUOTE = ',"\\' + "".join(map(chr, range(32)))
JOURNEY = Kind(
    "bad_journey", is_well_formed, journey_pattern(excluded=CHARACTERS_TO_QUOTE).encode("utf-8")
)
AMOUNT = Kind("bad_amount", is_amount, rb"(?:[1-9][0-9]{0,6}|0)")
NUMBER = Kind("bad_number", is_number, rb"[1-9][0-9]?")
