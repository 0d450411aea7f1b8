"""The points system of record: it reads the file of credits and answers with one of results."""

import csv
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

HEADER = ("credit_key", "status", "points", "detail", "processed_at")
PROCESSED_AT = "2025-02-15T12:00:00+09:00"
Line = tuple[str, str, str, str]


def read_credits(folder: Path) -> list[dict[str, str]]:
    """Return the rows of the file of credits that lies in a folder.

    Raises:
        FileNotFoundError: nothing was exported there.
    """
    path = next(folder.glob("credits-*.csv"), None)
    if path is None:
        raise FileNotFoundError(folder)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def answer(folder: Path, *, reject: int = 1) -> Path:
    """Answer every credit of the exported file; so many, the first by key, are rejected."""
    lines = [
        (one["credit_key"], "rejected", one["points"], "unknown member")
        if place < reject
        else (one["credit_key"], "credited", one["points"], "")
        for place, one in enumerate(read_credits(folder))
    ]
    return write_results(folder, lines)


def write_results(folder: Path, lines: Iterable[Line], *, sequence: int = 1) -> Path:
    """Write a results file with its manifest."""
    rows = list(lines)
    path = folder / f"credit_results-20250215-{sequence:03}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows((*row, PROCESSED_AT) for row in rows)
    content = path.read_bytes()
    manifest = {
        "feed": "credit_results",
        "version": 1,
        "business_date": "2025-02-15",
        "sequence": sequence,
        "rows": len(rows),
        "sha256": hashlib.sha256(content).hexdigest(),
        "encoding": "utf-8",
        "total_points": sum(int(points) for _, status, points, _ in rows if status == "credited"),
    }
    path.with_name(path.name + ".manifest.json").write_text(json.dumps(manifest))
    return path
