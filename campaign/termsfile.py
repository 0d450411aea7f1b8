"""Campaign files: JSON with exactly these keys, each of its type."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from bookings.enumerations import MemberKind
from campaign.models.campaigns import IDENTIFIER
from campaign.models.terms import MAX_NUMBER
from campaign.refusals import BrokenCampaignFile
from core.printable import printable_name
from core.strict_json import DuplicateKey, NotAnObject, parse_object

Value = TypeVar("Value")
MAX_BYTES = 1_000_000  # a file has some 1,000
MAX_TEXT = 100
CODE = re.compile(IDENTIFIER)
MAX_SHOWN = 40  # characters of a key that we do not know
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
        data = parse_object(content, max_bytes=MAX_BYTES, allow_bom=True)
    except DuplicateKey as failure:
        raise BrokenCampaignFile(f"{_shown(failure.key)}: given twice.") from failure
    except NotAnObject as failure:
        raise BrokenCampaignFile("The file must hold one JSON object.") from failure
    except ValueError as failure:
        raise BrokenCampaignFile(f"The file is not JSON in UTF-8 ({failure}).") from failure
    if unknown := sorted(data.keys() - FIELDS.keys() - {"code"}):
        raise BrokenCampaignFile(f"{_shown(unknown[0])}: no such field.")
    code = _checked("code", data, _code)
    return CampaignFile(code, {name: _checked(name, data, read) for name, read in FIELDS.items()})


def _shown(name: str) -> str:
    """Return a key for a sentence: short, and without what a terminal would obey."""
    fits = name.isprintable() and 0 < len(name) <= MAX_SHOWN
    return name if fits else ascii(name)[:MAX_SHOWN]


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
    if len(value) > MAX_TEXT:
        raise ValueError(f"must have at most {MAX_TEXT} characters")
    return value


def _code(value: Any) -> str:
    if not isinstance(value, str) or not CODE.fullmatch(value):
        raise ValueError("must be 1 to 40 of A-Z, a-z, 0-9, _ and -")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MAX_NUMBER:
        raise ValueError(f"must be a whole number of at most {MAX_NUMBER:,}")
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


def read_campaign_file_at(path: Path) -> CampaignFile:
    """Read the campaign file at a path.

    Raises:
        BrokenCampaignFile: it cannot be read, or is no campaign file.
    """
    try:
        content = path.read_bytes()
    except OSError as failure:
        raise BrokenCampaignFile(f"{printable_name(path)}: {failure.strerror}.") from failure
    return read_campaign_file(content)
