"""A campaign as a file: exactly these keys, each of its type."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from bookings.enumerations import MemberKind
from campaign.models.terms_rules import LARGEST_EXACT
from campaign.refusals import BrokenCampaignFile
from core.printable import printable_name

Value = TypeVar("Value")
LONGEST_TEXT = 100
CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
LONGEST_SHOWN = 40  # of a key that we do not know
NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
DAY = re.compile(r"20\d\d-\d\d-\d\d", re.ASCII)
INSTANT = re.compile(
    r"20\d\d-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(Z|[+-](0\d|1[0-5]):[0-5]\d)", re.ASCII
)


@dataclass(frozen=True)
class CampaignFile:
    """What a file says: the campaign's code, and its terms by the names of their columns."""

    code: str
    terms: dict[str, Any]


def read_campaign_file(content: bytes) -> CampaignFile:
    """Read a campaign file; a byte order mark is tolerated, as in the feeds.

    Raises:
        BrokenCampaignFile: it is no JSON object of exactly the known keys and types.
    """
    try:
        data = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as failure:
        raise BrokenCampaignFile(f"The file is not JSON in UTF-8 ({failure}).") from failure
    if not isinstance(data, dict):
        raise BrokenCampaignFile("The file must hold one JSON object.")
    if unknown := sorted(data.keys() - FIELDS.keys() - {"code"}):
        raise BrokenCampaignFile(f"{_shown(unknown[0])}: no such field.")
    code = _checked("code", data, _code)
    return CampaignFile(code, {name: _checked(name, data, read) for name, read in FIELDS.items()})


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, value in pairs:
        if name in data:
            raise BrokenCampaignFile(f"{_shown(name)}: given twice.")
        data[name] = value
    return data


def _shown(name: str) -> str:
    """Return a key as a sentence can hold it: short, and nothing that a terminal would obey."""
    fits = name.isprintable() and 0 < len(name) <= LONGEST_SHOWN
    return name if fits else ascii(name)[:LONGEST_SHOWN]


def _checked(name: str, data: dict[str, Any], read: Callable[[Any], Value]) -> Value:
    if name not in data:
        raise BrokenCampaignFile(f"{name}: missing.")
    try:
        return read(data[name])
    except (TypeError, ValueError) as failure:
        raise BrokenCampaignFile(f"{name}: {failure}.") from failure


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text that is not empty")
    if NOT_IN_A_LINE.search(value):
        raise ValueError("must be one line without control characters")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"must have at most {LONGEST_TEXT} characters")
    return value


def _code(value: Any) -> str:
    if not isinstance(value, str) or not CODE.fullmatch(value):
        raise ValueError("must be 1 to 40 of A-Z, a-z, 0-9, _ and -")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_EXACT:
        raise ValueError(f"must be a whole number of at most {LARGEST_EXACT:,}")
    return value


def _day(value: Any) -> date:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError("must be a day like 2024-12-26")
    return date.fromisoformat(value)


def _instant(value: Any) -> datetime:
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        raise ValueError("must be an instant like 2024-12-10T12:00:00+09:00")
    return datetime.fromisoformat(value)


def _kinds(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(kind in MemberKind.values for kind in value):
        raise ValueError("must be a list of known member kinds")
    return sorted(value)


FIELDS: dict[str, Callable[[Any], Any]] = {
    "name_ja": _text,
    "name_en": _text,
    "public_at": _instant,
    "opens_at": _instant,
    "closes_at": _instant,
    "travel_first": _day,
    "travel_last": _day,
    "minimum_total_yen": _number,
    "reward_cap_points": _number,
    "budget_points": _number,
    "policy": _text,
    "credit_at": _instant,
    "expires_on": _day,
    "time_zone": _text,
    "operator": _text,
    "kinds_excluded": _kinds,
    "kinds_registered": _kinds,
    "kinds_free": _kinds,
    "expected_sales_yen": _number,
}


def read_file(path: Path) -> CampaignFile:
    """Read the campaign file at a path.

    Raises:
        BrokenCampaignFile: it cannot be read, or does not hold a campaign.
    """
    try:
        content = path.read_bytes()
    except OSError as failure:
        raise BrokenCampaignFile(f"{printable_name(path)}: {failure.strerror}.") from failure
    return read_campaign_file(content)
