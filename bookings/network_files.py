"""Read the network table from a folder, and accept nothing that is not certain.

Source: bookings/data/network/README.md, form.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bookings.journeys import NetworkRow
from bookings.printable import printable_name
from bookings.refusals import Refusal

FILES = ("shinkansen.csv", "limited_express.csv")
COLUMNS = ("service_or_line", "seq", "station_ja", "operator_to_next", "kind")
KINDS = ("stop", "pass")
LONGEST_NAME = 100
SEQ = re.compile("[1-9][0-9]{0,3}")
JOURNEY_SIGNS = re.compile("[:>|]")
CONTROL_SIGNS = re.compile("[\x00-\x1f\x7f]")


class NetworkFileUnusable(Refusal):
    """A file of the network table breaks a rule; the sentence names file, line and field."""


class Place(NamedTuple):
    """Where in the folder something stands."""

    file: Path
    line: int

    def refuse(self, fault: str) -> NetworkFileUnusable:
        """Return the refusal of what stands here."""
        return NetworkFileUnusable(f"{printable_name(self.file.name)}, line {self.line}: {fault}")


def read_network(folder: Path) -> list[NetworkRow]:
    """Return the rows of a folder's CSV files, by service and seq.

    Raises:
        NetworkFileUnusable: the folder or a file is missing or a row breaks a rule.
    """
    services: dict[str, dict[int, tuple[Place, NetworkRow]]] = defaultdict(dict)
    for file in list_files(folder):
        for place, row in read_file(file):
            if row.seq in services[row.service]:
                raise place.refuse(f"seq {row.seq} stands twice in {row.service}.")
            services[row.service][row.seq] = place, row
    if not services:
        raise NetworkFileUnusable(f"{printable_name(folder)} holds no service.")
    return [row for rows in services.values() for row in check_service(rows)]


def list_files(folder: Path) -> list[Path]:
    """Return the folder's CSV files by name.

    Raises:
        NetworkFileUnusable: it is no folder, or lacks one of the two files of every network.
    """
    if not folder.is_dir():
        raise NetworkFileUnusable(f"{printable_name(folder)} is no folder.")
    for name in FILES:
        if not (folder / name).is_file():
            raise NetworkFileUnusable(f"{printable_name(folder)} has no {name}.")
    return sorted(file for file in folder.glob("*.csv") if file.is_file())


def read_text(file: Path) -> str:
    """Return a file's text; a BOM is tolerated.

    Raises:
        NetworkFileUnusable: it cannot be read, or is not UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        sentence = f"{printable_name(file.name)} cannot be read: {error.strerror}."
        raise NetworkFileUnusable(sentence) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Place(file, line).refuse("not UTF-8.") from error


def read_file(file: Path) -> Iterator[tuple[Place, NetworkRow]]:
    """Yield each row of a file, with where it stands.

    Raises:
        NetworkFileUnusable: the file is not CSV in UTF-8, lacks a column, or a row breaks a rule
            that can be judged without the other rows.
    """
    reader = csv.reader(io.StringIO(read_text(file), newline=""), strict=True)
    try:
        header = next(reader, [])
        for column in COLUMNS:
            if header.count(column) != 1:
                raise Place(file, 1).refuse(f"the column {column} has to stand here, once.")
        for values in reader:
            place = Place(file, reader.line_num)
            if len(values) != len(header):
                raise place.refuse(f"{len(values)} fields under {len(header)} columns.")
            yield place, check_row(place, dict(zip(header, values, strict=True)))
    except csv.Error as error:
        raise Place(file, reader.line_num).refuse(f"not CSV: {error}.") from error


def check_row(place: Place, row: dict[str, str]) -> NetworkRow:
    """Return a row's values.

    Raises:
        NetworkFileUnusable: a value is not what its column holds.
    """
    for column in ("service_or_line", "station_ja", "operator_to_next"):
        if fault := name_fault(row[column], may_be_empty=column == "operator_to_next"):
            raise place.refuse(f"{column} {fault}.")
    if not SEQ.fullmatch(row["seq"]):
        raise place.refuse("seq is no whole number from 1 to 9999.")
    if row["kind"] not in KINDS:
        raise place.refuse("kind is neither stop nor pass.")
    return NetworkRow(
        service=row["service_or_line"],
        seq=int(row["seq"]),
        station=row["station_ja"],
        operator_to_next=row["operator_to_next"] or None,
        kind=row["kind"],
    )


def name_fault(name: str, *, may_be_empty: bool) -> str | None:
    """Say what is wrong with a name, or nothing."""
    if not name:
        return None if may_be_empty else "is empty"
    if JOURNEY_SIGNS.search(name):
        return "holds one of the signs : > | that join a journey"
    if CONTROL_SIGNS.search(name):
        return "holds a control character"
    if len(name) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} signs"
    return None


def check_service(rows: dict[int, tuple[Place, NetworkRow]]) -> Iterator[NetworkRow]:
    """Yield the rows of one service in their order.

    Raises:
        NetworkFileUnusable: seq does not run from 1 without a gap, a station stands twice, or an
            operator is missing, or stands on the last row, where no section follows.
    """
    stations: set[str] = set()
    for expected, seq in enumerate(sorted(rows), start=1):
        place, row = rows[seq]
        if seq != expected:
            raise place.refuse(f"seq is {seq} where {row.service} goes on with {expected}.")
        if row.station in stations:
            raise place.refuse(f"station_ja {row.station} stands twice in {row.service}.")
        stations.add(row.station)
        is_last = seq == len(rows)
        if row.operator_to_next is None and not is_last:
            raise place.refuse(f"operator_to_next is empty before the last row of {row.service}.")
        if row.operator_to_next is not None and is_last:
            raise place.refuse(
                f"operator_to_next has to be empty on the last row of {row.service}."
            )
        yield row
