"""Read the network table from the CSV files of a folder, and check it.

Source: bookings/data/network/README.md, form.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bookings.enumerations import StopKind
from bookings.journeys import NetworkRow
from core.errors import Refusal
from core.printable import printable_name

FILES = ("shinkansen.csv", "limited_express.csv")
COLUMNS = ("service_or_line", "seq", "station_ja", "operator_to_next", "kind")
MAX_NAME_LENGTH = 100
SEQ = re.compile("[1-9][0-9]{0,3}")
JOURNEY_SEPARATORS = re.compile("[:>|]")
CONTROL_CHARACTERS = re.compile("[\x00-\x1f\x7f]")


class NetworkFileUnusable(Refusal):
    """A network file breaks a rule; the message names file, line and field."""


class FileLine(NamedTuple):
    """A line of a network file, for error messages."""

    file: Path
    line: int

    def refuse(self, error: str) -> NetworkFileUnusable:
        """Return the refusal of this line."""
        return NetworkFileUnusable(f"{printable_name(self.file.name)}, line {self.line}: {error}")


def read_network(folder: Path) -> list[NetworkRow]:
    """Return the rows of a folder's CSV files, sorted by service and seq.

    Raises:
        NetworkFileUnusable: the folder or a file is missing or a row breaks a rule.
    """
    services: dict[str, dict[int, tuple[FileLine, NetworkRow]]] = defaultdict(dict)
    for file in list_files(folder):
        for line, row in read_network_file(file):
            if row.seq in services[row.service]:
                raise line.refuse(f"seq {row.seq} appears twice in {row.service}.")
            services[row.service][row.seq] = line, row
    if not services:
        raise NetworkFileUnusable(f"{printable_name(folder)} contains no service.")
    return [row for rows in services.values() for row in check_service(rows)]


def list_files(folder: Path) -> list[Path]:
    """Return the folder's CSV files by name.

    Raises:
        NetworkFileUnusable: it is not a folder, or one of the two required files is missing.
    """
    if not folder.is_dir():
        raise NetworkFileUnusable(f"{printable_name(folder)} is not a folder.")
    for name in FILES:
        if not (folder / name).is_file():
            raise NetworkFileUnusable(f"{printable_name(folder)} has no {name}.")
    return sorted(file for file in folder.glob("*.csv") if file.is_file())


def read_text(file: Path) -> str:
    """Return a file's text, without a BOM.

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
        raise FileLine(file, line).refuse("not UTF-8.") from error


def read_network_file(file: Path) -> Iterator[tuple[FileLine, NetworkRow]]:
    """Yield each row of a file with its line.

    Raises:
        NetworkFileUnusable: the file is not CSV in UTF-8, lacks a column, or a row breaks a rule
            by itself.
    """
    reader = csv.reader(io.StringIO(read_text(file), newline=""), strict=True)
    try:
        header = next(reader, [])
        for column in COLUMNS:
            if header.count(column) != 1:
                raise FileLine(file, 1).refuse(
                    f"the column {column} must appear here exactly once."
                )
        for values in reader:
            line = FileLine(file, reader.line_num)
            if len(values) != len(header):
                raise line.refuse(f"{len(values)} fields under {len(header)} columns.")
            yield line, check_row(line, dict(zip(header, values, strict=True)))
    except csv.Error as error:
        raise FileLine(file, reader.line_num).refuse(f"not CSV: {error}.") from error


def check_row(line: FileLine, row: dict[str, str]) -> NetworkRow:
    """Check a row's values, and return them.

    Raises:
        NetworkFileUnusable: a value is invalid.
    """
    for column in ("service_or_line", "station_ja", "operator_to_next"):
        if error := find_name_error(row[column], may_be_empty=column == "operator_to_next"):
            raise line.refuse(f"{column} {error}.")
    if not SEQ.fullmatch(row["seq"]):
        raise line.refuse("seq is not a whole number from 1 to 9999.")
    if row["kind"] not in StopKind.values:
        raise line.refuse("kind is neither stop nor pass.")
    return NetworkRow(
        service=row["service_or_line"],
        seq=int(row["seq"]),
        station=row["station_ja"],
        operator_to_next=row["operator_to_next"] or None,
        kind=row["kind"],
    )


def find_name_error(name: str, *, may_be_empty: bool) -> str | None:
    """Return what is wrong with a name; None for a valid name."""
    if not name:
        return None if may_be_empty else "is empty"
    if JOURNEY_SEPARATORS.search(name):
        return "contains : > or |, which separate the parts of a journey"
    if CONTROL_CHARACTERS.search(name):
        return "contains a control character"
    if len(name) > MAX_NAME_LENGTH:
        return f"is longer than {MAX_NAME_LENGTH} characters"
    return None


def check_service(rows: dict[int, tuple[FileLine, NetworkRow]]) -> Iterator[NetworkRow]:
    """Check the rows of one service, and yield them in order.

    Raises:
        NetworkFileUnusable: seq does not run from 1 without a gap, a station appears twice, an
            operator is missing, or the last row has one, though no section follows it.
    """
    stations: set[str] = set()
    for expected, seq in enumerate(sorted(rows), start=1):
        line, row = rows[seq]
        if seq != expected:
            raise line.refuse(f"seq is {seq} where {row.service} needs {expected}.")
        if row.station in stations:
            raise line.refuse(f"station_ja {row.station} appears twice in {row.service}.")
        stations.add(row.station)
        is_last = seq == len(rows)
        if row.operator_to_next is None and not is_last:
            raise line.refuse(f"operator_to_next is empty before the last row of {row.service}.")
        if row.operator_to_next is not None and is_last:
            raise line.refuse(f"operator_to_next must be empty on the last row of {row.service}.")
        yield row
