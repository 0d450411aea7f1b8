"""Read the manifest of a feed file, the JSON file beside it.

Source: docs/specs/feeds.md 1.3, 1.4, 1.5, 2.3.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bookings.delivery import FileRefused, open_regular
from bookings.values import ENCODINGS, is_date
from core.printable import printable_name
from core.strict_json import parse_object

FIRST_VERSION = 1
LAST_SEQUENCE = 999
MAX_MANIFEST_BYTES = 65_536  # a manifest has some 200
NAME_FORM = re.compile(r"(.+)-([0-9]{8})-([0-9]{3})\.csv(?:\.gz)?", re.DOTALL)
SHA256_FORM = re.compile(r"[0-9a-fA-F]{64}")  # upper case is accepted as well
VALUE_TESTS: Mapping[str, tuple[type, Callable[[Any], bool]]] = {
    "feed": (str, lambda feed: feed != ""),
    "business_date": (str, is_date),
    "sequence": (int, lambda sequence: 1 <= sequence <= LAST_SEQUENCE),
    "rows": (int, lambda rows: rows >= 0),
    "sha256": (str, lambda sha256: SHA256_FORM.fullmatch(sha256) is not None),
    "encoding": (str, lambda encoding: encoding in ENCODINGS),
}
FIRST_VERSIONS: Mapping[str, Collection[int]] = {}  # every feed has only the first
TOTAL_TEST: Mapping[str, tuple[type, Callable[[Any], bool]]] = {
    "total_points": (int, lambda points: points >= 0)
}


@dataclass(frozen=True)
class Manifest:
    """What upstream states about a file."""

    feed: str
    business_date: date
    sequence: int
    rows: int
    sha256: str  # lower-case hex
    encoding: str  # of ENCODINGS
    version: int = FIRST_VERSION
    total_points: int | None = None  # only of feeds with totals

    def fits_name(self, name: str) -> bool:
        """Return whether a file's name is made of the manifest's feed, date and sequence."""
        form = NAME_FORM.fullmatch(name)
        own = (self.feed, f"{self.business_date:%Y%m%d}", f"{self.sequence:03}")
        return form is not None and form.groups() == own


def feed_of_name(name: str) -> str | None:
    """Return the feed in a file's name; None where the name has another form."""
    form = NAME_FORM.fullmatch(name)
    return form and form.group(1)


def read_manifest(
    path: Path,
    *,
    feeds_with_totals: Collection[str] = (),
    versions: Mapping[str, Collection[int]] = FIRST_VERSIONS,
    follow_links: bool = False,
) -> Manifest:
    """Read the manifest of the feed file at this path.

    A byte order mark is tolerated, as in the feed file. Args: ``feeds_with_totals`` names the
    feeds whose manifests have a total of points as well; ``versions`` has the versions of each
    feed, where they are not only the first.

    Raises:
        FileRefused: ``no_manifest``, ``unreadable_manifest`` or ``unknown_version``.
    """
    beside = path.with_name(path.name + ".manifest.json")
    try:
        with open_regular(beside, follow_links=follow_links) as file:
            text = file.read(MAX_MANIFEST_BYTES + 1)
        content = parse_object(text, max_bytes=MAX_MANIFEST_BYTES, allow_bom=True)
        return build_manifest(content, feeds_with_totals, versions)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileRefused("no_manifest", f"There is no {printable_name(beside.name)}.") from error
    except OSError as error:
        raise unreadable_manifest(f"{error.strerror}") from error
    except ValueError as error:
        raise unreadable_manifest(str(error)) from error


def unreadable_manifest(why: str) -> FileRefused:
    """Return the refusal of a file whose manifest breaks the contract."""
    return FileRefused("unreadable_manifest", f"The manifest is unreadable: {why}.")


def build_manifest(
    content: Mapping[str, Any],
    feeds_with_totals: Collection[str] = (),
    versions: Mapping[str, Collection[int]] = FIRST_VERSIONS,
) -> Manifest:
    """Check a JSON object, and return it as a manifest.

    The version is checked before the keys: another version may have other keys.

    Raises:
        FileRefused: ``unknown_version``.
        ValueError: it has other keys than its version, or a value of another form.
    """
    feed, version = content.get("feed"), content.get("version")
    if type(version) is not int:  # True is an int to isinstance
        raise ValueError("it names no version")
    known = versions.get(feed, [FIRST_VERSION]) if isinstance(feed, str) else [FIRST_VERSION]
    if version not in known:
        listed = " or ".join(map(str, known))
        raise FileRefused("unknown_version", f"The manifest is not of version {listed}.")
    tests = {**VALUE_TESTS, **(TOTAL_TEST if feed in [*feeds_with_totals] else {})}
    if content.keys() != {"version", *tests}:
        raise ValueError(f"its keys are not those of version {version}")
    for key, (kind, fits) in tests.items():
        if type(content[key]) is not kind or not fits(content[key]):
            raise ValueError(f"its {key} breaks the contract")
    return Manifest(
        **{
            **content,
            "business_date": date.fromisoformat(content["business_date"]),
            "sha256": content["sha256"].lower(),
        }
    )
