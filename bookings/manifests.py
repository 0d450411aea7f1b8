"""The manifest beside a feed file.

Source: docs/specs/feeds.md 1.3, 1.4, 1.5.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bookings.delivery import FileRefused, open_regular
from bookings.values import is_date
from core.printable import printable_name
from core.strict_json import parse_object

VERSION = 1
LAST_SEQUENCE = 999
MAX_MANIFEST_BYTES = 65_536  # a manifest of version 1 has some 200
NAME_FORM = re.compile(r"(.+)-([0-9]{8})-([0-9]{3})\.csv(?:\.gz)?", re.DOTALL)
SHA256_FORM = re.compile(r"[0-9a-fA-F]{64}")  # the contract says hex, and of no case
VALUE_TESTS: Mapping[str, tuple[type, Callable[[Any], bool]]] = {
    "feed": (str, lambda feed: feed != ""),
    "version": (int, lambda version: version == VERSION),
    "business_date": (str, is_date),
    "sequence": (int, lambda sequence: 1 <= sequence <= LAST_SEQUENCE),
    "rows": (int, lambda rows: rows >= 0),
    "sha256": (str, lambda sha256: SHA256_FORM.fullmatch(sha256) is not None),
    "encoding": (str, lambda encoding: encoding in {"utf-8", "cp932"}),
}
TOTAL_TEST: Mapping[str, tuple[type, Callable[[Any], bool]]] = {
    "total_points": (int, lambda points: points >= 0)
}


@dataclass(frozen=True)
class Manifest:
    """What upstream says of a file."""

    feed: str
    business_date: date
    sequence: int
    rows: int
    sha256: str  # lower-case hex, whatever upstream wrote
    encoding: str  # "utf-8" or "cp932"
    total_points: int | None = None  # of a feed that has totals

    def fits_name(self, name: str) -> bool:
        """Say whether a file of this name is the one that the manifest speaks of."""
        form = NAME_FORM.fullmatch(name)
        own = (self.feed, f"{self.business_date:%Y%m%d}", f"{self.sequence:03}")
        return form is not None and form.groups() == own


def feed_of_name(name: str) -> str | None:
    """Return the feed that a file's name begins with, or None where the name has another form."""
    form = NAME_FORM.fullmatch(name)
    return form and form.group(1)


def read_manifest(
    path: Path, *, totalled: Collection[str] = (), follow_links: bool = False
) -> Manifest:
    """Read the manifest that lies beside the feed file of this path.

    Those of the feeds named ``totalled`` have a total of points as well. A byte order mark is
    tolerated, as in the feed file itself.

    Raises:
        FileRefused: ``no_manifest``, ``unreadable_manifest`` or ``unknown_version``.
    """
    beside = path.with_name(path.name + ".manifest.json")
    try:
        with open_regular(beside, follow_links=follow_links) as file:
            text = file.read(MAX_MANIFEST_BYTES + 1)
        content = parse_object(text, max_bytes=MAX_MANIFEST_BYTES, allow_bom=True)
        return manifest_of(content, totalled)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileRefused("no_manifest", f"There is no {printable_name(beside.name)}.") from error
    except OSError as error:
        raise unreadable(f"{error.strerror}") from error
    except ValueError as error:
        raise unreadable(str(error)) from error


def unreadable(why: str) -> FileRefused:
    """Return the refusal of a file whose manifest is not to the contract."""
    return FileRefused("unreadable_manifest", f"The manifest is unreadable: {why}.")


def manifest_of(content: Mapping[str, Any], totalled: Collection[str] = ()) -> Manifest:
    """Return the manifest that a JSON object is.

    Another version may have other keys, so the version is judged before them.

    Raises:
        FileRefused: ``unknown_version``.
        ValueError: it has other keys than version 1, or a value of another form.
    """
    version = content.get("version")
    if type(version) is not int:  # True is an int to isinstance
        raise ValueError("it names no version")
    if version != VERSION:
        raise FileRefused("unknown_version", f"The manifest is not of version {VERSION}.")
    tests = {**VALUE_TESTS, **(TOTAL_TEST if content.get("feed") in [*totalled] else {})}
    if content.keys() != tests.keys():
        raise ValueError("its keys are not those of version 1")
    for key, (kind, fits) in tests.items():
        if type(content[key]) is not kind or not fits(content[key]):
            raise ValueError(f"its {key} is not as the contract asks")
    values = {key: value for key, value in content.items() if key != "version"}
    return Manifest(
        **values
        | {
            "business_date": date.fromisoformat(values["business_date"]),
            "sha256": values["sha256"].lower(),
        }
    )
