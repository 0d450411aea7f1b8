"""What the points system answers to a file of credits, as a results file."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from points import exporting, settling
from points.definitions import CREDIT_RESULTS
from points.models import KeyStanding, Payout
from points.settling import SettledFile
from tests.feedfiles import write_feed_file
from tests.points.steps import CREDIT_AT

PROCESSED_AT = "2025-02-16T03:00:00+09:00"
Row = dict[str, Any]


def export(payout: Payout, folder: Path) -> list[Row]:
    """Export a payout's credits and read the file as the other side does."""
    written = exporting.export_credits(payout=payout, folder=folder, at=CREDIT_AT)
    with written.path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def answer(row: Mapping[str, Any], **changed: Any) -> Row:
    """Return the answer that a credit was made, with some values changed."""
    right = {
        "credit_key": row["credit_key"],
        "status": "credited",
        "points": row["points"],
        "detail": "",
        "processed_at": PROCESSED_AT,
    }
    return right | changed


def reject(row: Mapping[str, Any], detail: str = "No such account") -> Row:
    return answer(row, status="rejected", detail=detail)


def write_answers(folder: Path, rows: Iterable[Row], **options: Any) -> Path:
    """Write a results file of the crediting day."""
    rows = list(rows)
    total = sum(int(row["points"]) for row in rows if str(row["points"]).isdecimal())
    manifest = {"total_points": total, **options.pop("manifest", {})}
    values = {"business_date": "2025-02-15", "manifest": manifest, **options}
    return write_feed_file(folder, rows, definition=CREDIT_RESULTS, **values)


def settle(payout: Payout, folder: Path, rows: Iterable[Row], **options: Any) -> SettledFile:
    """Write a results file and load it."""
    path = write_answers(folder, rows, **options)
    return settling.settle(payout=payout, path=path, at=CREDIT_AT)


def classes(payout: Payout) -> dict[str, tuple[str, bool]]:
    """Return the class of every key, and whether it is open, by the member or ``?``."""
    rows = KeyStanding.objects.filter(payout=payout).select_related("award__entrant")
    return {
        one.award.entrant.wester_id if one.award else "?": (one.classed, one.is_open)
        for one in rows
    }


def classes_by_award(payout: Payout) -> dict[tuple[str, int], tuple[str, bool]]:
    """Return the class of the key of each award, by member and prize, and whether it is open."""
    rows = KeyStanding.objects.filter(payout=payout, award__isnull=False)
    return {
        (one.award.entrant.wester_id, one.award.prize): (one.classed, one.is_open)
        for one in rows.select_related("award__entrant")
    }


def garble(row: Mapping[str, Any]) -> Row:
    """Return a rejection whose points no reader takes."""
    return {**reject(row), "points": "12,34O"}
