"""Feed files: rows cut into files, each written with its manifest.

Source: docs/specs/feeds.md 1.1, 1.2, 1.3, 1.4.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bookings.definitions import FeedDefinition
from dev.demo.sampling.mistakes import Mistake
from dev.demo.sampling.times import DAYS

ROWS_A_FILE = 12_000
PLAIN_EVERY = 7  # of so many days one is delivered uncompressed
PACKED_LEVEL = 1
DATE = re.compile(r"20\d\d-\d\d-\d\d")


class Delivery(NamedTuple):
    """The rows of one file."""

    rows: list[str]
    encoding: str = "utf-8"
    line_end: str = "\n"


class Intended(NamedTuple):
    """A row that the loader is to put into quarantine: its file, its record and the reason."""

    file: str
    record: int
    reason: str


class FeedFolder:
    """Writes the files of a folder, all dates some days later, and counts what it wrote."""

    def __init__(self, folder: Path, *, days_later: int = 0) -> None:
        self.folder, self.days_later = folder, days_later
        self.files = self.rows = 0
        self.intended: list[Intended] = []

    def deliver(
        self, feed: FeedDefinition, day: int, rows: list[str], mistakes: Iterable[Mistake] = ()
    ) -> None:
        """Write the rows of one day, the bad ones at the end; no file where there are none."""
        wrong = [mistake for mistake in mistakes if mistake.day == day]
        deliveries = list(cut([*rows, *(mistake.text for mistake in wrong)], day))
        for sequence, delivery in enumerate(deliveries, start=1):
            name = self.write(feed, day, sequence, delivery)
        for record, mistake in enumerate(wrong, start=len(deliveries[-1].rows) - len(wrong) + 1):
            self.intended.append(Intended(name, record, mistake.reason))

    def write(self, feed: FeedDefinition, day: int, sequence: int, delivery: Delivery) -> str:
        """Write one file and, after it, its manifest; return the file's name."""
        lines = [",".join(feed.header), *delivery.rows, ""]
        text = shift_dates(delivery.line_end.join(lines), self.days_later)
        content = text.encode(delivery.encoding)
        is_packed = day % PLAIN_EVERY != 0
        if is_packed:
            content = gzip.compress(content, compresslevel=PACKED_LEVEL, mtime=0)
        business_date = shift_dates(DAYS[day], self.days_later)
        compact = business_date.replace("-", "")
        name = f"{feed.name}-{compact}-{sequence:03}.csv{'.gz' if is_packed else ''}"
        manifest = {
            "feed": feed.name,
            "version": feed.version,
            "business_date": business_date,
            "sequence": sequence,
            "rows": len(delivery.rows),
            "sha256": hashlib.sha256(content).hexdigest(),
            "encoding": delivery.encoding,
        }
        (self.folder / name).write_bytes(content)
        (self.folder / f"{name}.manifest.json").write_text(json.dumps(manifest), "utf-8")
        self.files += 1
        self.rows += len(delivery.rows)
        return name


def shift_dates(text: str, days: int) -> str:
    """Return a text with every date in it some days later."""
    return DATE.sub(lambda found: shift_date(found[0], days), text) if days else text


@cache
def shift_date(text: str, days: int) -> str:
    """Return the date some days later."""
    return (date.fromisoformat(text) + timedelta(days)).isoformat()


CP932_DAY = DAYS.index("2024-12-28")
CRLF_DAY = DAYS.index("2024-12-29")


def cut(rows: list[str], day: int) -> Iterator[Delivery]:
    """Cut the rows of a day into files; on one day an old encoding has those that it can write."""
    line_end = "\r\n" if day == CRLF_DAY else "\n"
    if day == CP932_DAY:
        old = [row for row in rows if fits_cp932(row)]
        if old:
            yield Delivery(old, encoding="cp932")
        rows = [row for row in rows if not fits_cp932(row)]
    for start in range(0, len(rows), ROWS_A_FILE):
        yield Delivery(rows[start : start + ROWS_A_FILE], line_end=line_end)


def fits_cp932(row: str) -> bool:
    """Return whether cp932 has every character of a row: it lacks the dash of some services."""
    try:
        row.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
