"""Turn records into chunks: good rows written for COPY, bad rows with their reason.

One regular expression, made of the feed's definition, recognises nearly every good row. It only
saves time: a row that does not match is checked by the exact rules of ``bookings.rows``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress

from bookings.definitions import Case, Column, FeedDefinition
from bookings.rows import read_row
from bookings.values import MAX_RECORD_BYTES

VALUE_ENDS = rb'(?=[,"]|\Z)'
NULL = rb"\N"
# Of a chunk: a block may contain a million blank lines, each of them a bad row.
MAX_CHUNK_RECORDS = 20_000


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that breaks a rule by itself."""

    record: int  # 1 is the first after the header
    reason: str
    content: bytes  # the first 8,192 bytes as delivered, without the line end


@dataclass(frozen=True, slots=True)
class Chunk:
    """Up to ``MAX_CHUNK_RECORDS`` records of a file."""

    # COPY text in UTF-8, in any order: record number, columns, computed columns; null is \N.
    rows: bytes
    count: int  # of the rows in ``rows``
    bad: list[BadRow]


def make_chunks(
    definition: FeedDefinition, encoding: str, first: int, records: Sequence[bytes]
) -> Iterator[Chunk]:
    """Yield the records in chunks.

    Args: ``first`` is the number of the first record.
    """
    for start in range(0, len(records), MAX_CHUNK_RECORDS):
        batch = records[start : start + MAX_CHUNK_RECORDS]
        yield make_chunk(definition, encoding, first + start, batch)


def make_chunk(
    definition: FeedDefinition, encoding: str, first: int, records: Sequence[bytes]
) -> Chunk:
    """Check records and return them as a chunk.

    Args: ``first`` is the number of the first record.
    """
    good, unmatched = match_good_records(definition, encoding, first, records)
    exact: list[bytes] = []
    bad: list[BadRow] = []
    for number in unmatched:
        content = records[number - first]
        row = read_row(definition, content, encoding)
        if isinstance(row, str):
            bad.append(BadRow(number, row, content[:MAX_RECORD_BYTES]))
        else:
            exact.append(row.copy_line(number))
    rows = copy_lines(definition, good)
    return Chunk(rows + b"".join(exact), len(records) - len(bad), bad)


def match_good_records(
    definition: FeedDefinition, encoding: str, first: int, records: Sequence[bytes]
) -> tuple[Iterable[tuple[int, bytes]], list[int]]:
    """Return the records that match, as unquoted lines in UTF-8, each with its number.

    The list contains the numbers of all others.
    """
    lines = records
    if encoding != "utf-8":
        lines = [record.decode(encoding).encode() for record in records]
    quoted = b'"' in b"".join(lines)
    matches = map(good_row_pattern(definition, quoted=quoted).fullmatch, lines)
    good = [match is not None for match in matches]
    if quoted:
        lines = [line.replace(b'"', b"") for line in lines]
    numbered = enumerate(lines, first)
    if all(good):
        return numbered, []
    unmatched = [number for number, is_good in enumerate(good, first) if not is_good]
    return compress(numbered, good), unmatched


def copy_lines(definition: FeedDefinition, numbered: Iterable[tuple[int, bytes]]) -> bytes:
    """Return unquoted lines in COPY's text format, each after its record number.

    They contain nothing that the format would have to escape.
    """
    if definition.computed:
        rows = [
            b"%d\t%b\n" % (number, add_computed_columns(definition, line))
            for number, line in numbered
        ]
        return b"".join(rows)
    text = b"".join([b"%d,%b\n" % pair for pair in numbered])
    if not all(column.required for column in definition.columns):
        text = write_nulls(text)
    if not definition.columns[-1].required:
        text = text.replace(b",\n", b",%b\n" % NULL)
    return text.replace(b",", b"\t")


def add_computed_columns(definition: FeedDefinition, line: bytes) -> bytes:
    """Return an unquoted line with tabs for commas, and the computed columns at its end."""
    fields = line.split(b",")
    computed = [column.compute(fields) for column in definition.computed]
    return b"\t".join([*(field or NULL for field in fields), *computed])


def write_nulls(text: bytes) -> bytes:
    """Return unquoted lines, each after its number, with COPY's null between adjacent commas.

    Of three commas in a row the first two separate two pieces, and the third begins a piece.
    Splitting and joining takes half the time of replacing twice.
    """
    first, *pieces = text.split(b",,")
    pieces = [NULL + piece if piece[:1] in {b"", b","} else piece for piece in pieces]
    return (b",%b," % NULL).join([first, *pieces])


@cache
def good_row_pattern(definition: FeedDefinition, *, quoted: bool) -> re.Pattern[bytes]:
    """Return the pattern of a feed's good rows in UTF-8, without their line ends.

    With ``quoted``, any field may be quoted. No field contains a comma or a quote, so removing the
    quotes leaves a row of the same values.
    """
    fields = [field_pattern(column, definition.cases) for column in definition.columns]
    if quoted:
        fields = [
            b'(?P<quote%d>")?%b(?(quote%d)")' % (at, field, at) for at, field in enumerate(fields)
        ]
    # No record is shorter in UTF-8 than in cp932.
    not_too_long = rb"(?s:(?=.{0,%d}\Z))" % MAX_RECORD_BYTES
    return re.compile(not_too_long + b",".join(fields))


def field_pattern(column: Column, cases: Sequence[Case]) -> bytes:
    """Return the pattern of one field; group ``case0`` has matched where the first case applies.

    What a case requires of a column overrides what the column requires by itself.
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
    """Return the pattern of a column's values, with a group around those of each case."""
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
