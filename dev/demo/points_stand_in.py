"""A stand-in for WESTER's points system: it reads the file of credits and answers with another.

It credits most; it rejects some, omits one at first, credits one with another amount, answers one
twice, and one that is unknown here. Source: docs/specs/points.md 3.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

HEADER = ("credit_key", "status", "points", "detail", "processed_at")
REJECTED_EVERY = 250
OMITTED, DIFFERENT, TWICE = 3, 5, 7  # rows of the file, from 0
DIFFERENCE = 100
UNKNOWN_KEY = hashlib.sha256(b"a credit of another campaign").hexdigest()


class Credit(NamedTuple):
    """A row of the file of credits."""

    key: str
    points: int


class Answer(NamedTuple):
    """What became of a credit."""

    key: str
    status: str
    points: int
    detail: str


def read_credits(folder: Path) -> list[Credit]:
    """Return the rows of a folder's files of credits, in their order."""
    found = []
    for path in sorted(folder.glob("credits-*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [Credit(row["credit_key"], int(row["points"])) for row in csv.DictReader(file)]
    return found


def answer_at_first(requested: Iterable[Credit]) -> Iterator[Answer]:
    """Yield the first answers: one credit is omitted, one differs, one is answered twice."""
    for row, credit in enumerate(requested):
        if row == OMITTED:
            continue
        if row % REJECTED_EVERY == REJECTED_EVERY - 1:
            yield Answer(credit.key, "rejected", 0, "account suspended")
        elif row == DIFFERENT and credit.points > DIFFERENCE:
            yield Answer(credit.key, "credited", credit.points - DIFFERENCE, "partly credited")
        else:
            yield Answer(credit.key, "credited", credit.points, "")
        if row == TWICE:
            yield Answer(credit.key, "rejected", 0, "sent twice")
    yield Answer(UNKNOWN_KEY, "credited", 500, "")


def answer_later(requested: Iterable[Credit]) -> Iterator[Answer]:
    """Yield what was omitted at first."""
    for row, credit in enumerate(requested):
        if row == OMITTED:
            yield Answer(credit.key, "credited", credit.points, "")


def write_answers(
    folder: Path, answers: Iterable[Answer], *, business_date: date, sequence: int, at: datetime
) -> Path:
    """Write a file of answers and, after it, its manifest; return the file's path."""
    written = list(answers)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((*answer, at.isoformat(timespec="seconds")) for answer in written)
    content = text.getvalue().encode()
    path = folder / f"credit_results-{business_date:%Y%m%d}-{sequence:03}.csv"
    manifest = {
        "feed": "credit_results",
        "version": 1,
        "business_date": business_date.isoformat(),
        "sequence": sequence,
        "rows": len(written),
        "sha256": hashlib.sha256(content).hexdigest(),
        "encoding": "utf-8",
        "total_points": sum(answer.points for answer in written),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.with_name(f"{path.name}.manifest.json").write_text(json.dumps(manifest), "utf-8")
    return path
