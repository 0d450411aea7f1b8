"""Records by the thousand: good ones written for COPY, bad ones with their reason.

Nearly every row is told good by one regular expression made of its feed's definition. It only ever
saves time: whatever it does not match is judged by the exact rules of ``bookings.rows``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress

from bookings.definitions import Case, Column, FeedDefinition
from bookings.rows import read_row
from bookings.values import LONGEST_RECORD

VALUE_ENDS = rb'(?=[,"]|\Z)'
NULL = rb"\N"
MOST_RECORDS = 20_000  # in a chunk: a block may hold a million blank lines, each of them a bad row


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that breaks a rule by itself."""

    record: int  # 1 is the first after the header
    reason: str
    content: bytes  # the first 8,192 bytes as delivered, without the line end


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records of a file; a few megabytes at most."""

    # COPY text in UTF-8, in any order: record number, columns, computed columns; null is \N.
    rows: bytes
    count: int  # of the rows in ``rows``
    bad: list[BadRow]


def make_chunks(
    definition: FeedDefinition, encoding: str, first: int, records: Sequence[bytes]
) -> Iterator[Chunk]:
    """Yield chunks of the records given, the first of which has the number ``first``."""
    for start in range(0, len(records), MOST_RECORDS):
        part = records[start : start + MOST_RECORDS]
        yield make_chunk(definition, encoding, first + start, part)


def make_chunk(
    definition: FeedDefinition, encoding: str, first: int, records: Sequence[bytes]
) -> Chunk:
    """Judge the records given, the first of which has the number ``first``."""
    good, missed = match_records(definition, encoding, first, records)
    exact: list[bytes] = []
    bad: list[BadRow] = []
    for number in missed:
        content = records[number - first]
        row = read_row(definition, content, encoding)
        if isinstance(row, str):
            bad.append(BadRow(number, row, content[:LONGEST_RECORD]))
        else:
            exact.append(row.copy_line(number))
    rows = copy_lines(definition, good)
    return Chunk(rows + b"".join(exact), len(records) - len(bad), bad)


def match_records(
    definition: FeedDefinition, encoding: str, first: int, records: Sequence[bytes]
) -> tuple[Iterable[tuple[int, bytes]], list[int]]:
    """Tell the records that are surely good, as plain lines in UTF-8, each with its number.

    The list holds the numbers of all others.
    """
    lines = records
    if encoding != "utf-8":
        lines = [record.decode(encoding).encode() for record in records]
    quoted = b'"' in b"".join(lines)
    matches = map(good_row(definition, quoted=quoted).fullmatch, lines)
    good = [match is not None for match in matches]
    if quoted:
        lines = [line.replace(b'"', b"") for line in lines]
    numbered = enumerate(lines, first)
    if all(good):
        return numbered, []
    missed = [number for number, is_good in enumerate(good, first) if not is_good]
    return compress(numbered, good), missed


def copy_lines(definition: FeedDefinition, numbered: Iterable[tuple[int, bytes]]) -> bytes:
    """Return plain lines, each with its record number, as COPY's text format writes them.

    They hold nothing that it would have to escape.
    """
    if definition.computed:
        rows = [b"%d\t%b\n" % (at, with_computed(definition, line)) for at, line in numbered]
        return b"".join(rows)
    text = b"".join([b"%d,%b\n" % pair for pair in numbered])
    if not all(column.required for column in definition.columns):
        text = mark_nulls(text)
    if not definition.columns[-1].required:
        text = text.replace(b",\n", b",%b\n" % NULL)
    return text.replace(b",", b"\t")


def with_computed(definition: FeedDefinition, line: bytes) -> bytes:
    """Return a plain line with tabs for commas, and the computed columns after it."""
    fields = line.split(b",")
    computed = [column.compute(fields) for column in definition.computed]
    return b"\t".join([*(field or NULL for field in fields), *computed])


def mark_nulls(text: bytes) -> bytes:
    """Return plain lines, each after its number, with COPY's mark between commas side by side.

    Of three commas in a row the first two are the border of two pieces, the third begins a piece;
    splitting and joining costs half of what replacing twice does.
    """
    first, *pieces = text.split(b",,")
    pieces = [NULL + piece if piece[:1] in {b"", b","} else piece for piece in pieces]
    return (b",%b," % NULL).join([first, *pieces])


@cache
def good_row(definition: FeedDefinition, *, quoted: bool) -> re.Pattern[bytes]:
    """Return the expression of a feed's good rows in UTF-8, without their line ends.

    Where ``quoted``, any field may stand in quotes; no field holds a comma or a quote, so leaving
    out the quotes leaves a plain row of the same values.
    """
    fields = [field_pattern(column, definition.cases) for column in definition.columns]
    if quoted:
        fields = [
            b'(?P<quote%d>")?%b(?(quote%d)")' % (at, field, at) for at, field in enumerate(fields)
        ]
    # No record is shorter in UTF-8 than it was in cp932.
    not_too_long = rb"(?s:(?=.{0,%d}\Z))" % LONGEST_RECORD
    return re.compile(not_too_long + b",".join(fields))


def field_pattern(column: Column, cases: Sequence[Case]) -> bytes:
    """Return the expression of one field; the group ``case0`` stands for the first case, and so on.

    What a case asks of a column goes before what the column asks by itself.
    """
    pattern = case_groups(column, cases)
    field = pattern if column.required else b"(?:%b)?" % pattern
    for at, case in enumerate(cases):
        if column.name in case.given:
            field = b"(?(case%d)%b|%b)" % (at, pattern, field)
        if column.name in case.empty:
            field = b"(?(case%d)|%b)" % (at, field)
    return field


def case_groups(column: Column, cases: Sequence[Case]) -> bytes:
    """Return the expression of a column's values, with a group around those of each case."""
    groups = {
        at: b"|".join(value.encode() for value in case.among)
        for at, case in enumerate(cases)
        if case.when == column.name
    }
    if not groups:
        return column.kind.pattern
    named = [b"(?P<case%d>%b)%b" % (at, words, VALUE_ENDS) for at, words in groups.items()]
    others = b"(?!(?:%b)%b)%b" % (b"|".join(groups.values()), VALUE_ENDS, column.kind.pattern)
    return b"(?:%b)" % b"|".join([*named, others])
