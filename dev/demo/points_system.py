"""A stand-in of WESTER's points system: it takes the file of credits and answers with another.

Most credits it makes; some it rejects, one it forgets at first, one it makes with another amount,
of one it says two things, and of one nobody here has ever heard. Source: docs/specs/points.md 3.
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
FORGOTTEN, DIFFERENT, TWICE = 3, 5, 7  # places in the file, from 0
TAKEN_OFF = 100
UNHEARD_OF = hashlib.sha256(b"a credit of another campaign").hexdigest()


class Credit(NamedTuple):
    """What the file of credits asks for."""

    key: str
    points: int


class Answer(NamedTuple):
    """What became of a credit."""

    key: str
    status: str
    points: int
    detail: str


def read_credits(folder: Path) -> list[Credit]:
    """Return what a folder's files of credits ask for, by file and row."""
    found = []
    for path in sorted(folder.glob("credits-*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [Credit(row["credit_key"], int(row["points"])) for row in csv.DictReader(file)]
    return found


def answer_at_first(asked: Iterable[Credit]) -> Iterator[Answer]:
    """Yield the first answers: one credit is forgotten, one differs, one is answered twice."""
    for place, credit in enumerate(asked):
        if place == FORGOTTEN:
            continue
        if place % REJECTED_EVERY == REJECTED_EVERY - 1:
            yield Answer(credit.key, "rejected", 0, "account suspended")
        elif place == DIFFERENT and credit.points > TAKEN_OFF:
            yield Answer(credit.key, "credited", credit.points - TAKEN_OFF, "partly credited")
        else:
            yield Answer(credit.key, "credited", credit.points, "")
        if place == TWICE:
            yield Answer(credit.key, "rejected", 0, "sent twice")
    yield Answer(UNHEARD_OF, "credited", 500, "")


def answer_later(asked: Iterable[Credit]) -> Iterator[Answer]:
    """Yield what was forgotten at first."""
    for place, credit in enumerate(asked):
        if place == FORGOTTEN:
            yield Answer(credit.key, "credited", credit.points, "")


def write_answers(
    folder: Path, answers: Iterable[Answer], *, business_date: date, sequence: int, at: datetime
) -> Path:
    """Write a file of answers and, after it, its manifest; return the file's path."""
    told = list(answers)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((*answer, at.isoformat(timespec="seconds")) for answer in told)
    content = text.getvalue().encode()
    path = folder / f"credit_results-{business_date:%Y%m%d}-{sequence:03}.csv"
    manifest = {
        "feed": "credit_results",
        "version": 1,
        "business_date": business_date.isoformat(),
        "sequence": sequence,
        "rows": len(told),
        "sha256": hashlib.sha256(content).hexdigest(),
        "encoding": "utf-8",
        "total_points": sum(answer.points for answer in told),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.with_name(f"{path.name}.manifest.json").write_text(json.dumps(manifest), "utf-8")
    return path
