"""The network table as a test reads it: plain CSV, nothing of the code under test."""

import csv
from collections import defaultdict
from pathlib import Path

import bookings

FOLDER = Path(bookings.__file__).parent / "data" / "network"


def table_by_service() -> dict[str, list[dict[str, str]]]:
    """Return the rows of each service in the order of its seq."""
    services = defaultdict(list)
    for file in ("shinkansen.csv", "limited_express.csv"):
        with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                services[row["service_or_line"]].append(row)
    return {name: sorted(rows, key=lambda row: int(row["seq"])) for name, rows in services.items()}


TABLE = table_by_service()


def walk(service: str, start: str, end: str) -> set[str]:
    """Go from row to row and note who runs each section between the two stations."""
    on_board = False
    operators: set[str] = set()
    for row in TABLE[service]:
        if row["station_ja"] in (start, end):
            if on_board:
                return operators
            on_board = True
        if on_board:
            operators.add(row["operator_to_next"])
    raise AssertionError(f"{start} and {end} are not both in {service}")


def stops(service: str) -> list[str]:
    """Return where a service calls."""
    return [row["station_ja"] for row in TABLE[service] if row["kind"] == "stop"]
