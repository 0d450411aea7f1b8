import csv
import io
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.chunks import MAX_CHUNK_RECORDS, BadRow, Chunk, make_chunk, make_chunks
from bookings.definitions import BOOKINGS, BOOKINGS_2, EX_REGISTRATIONS, FeedDefinition
from bookings.rows import read_row
from bookings.values import MAX_RECORD_BYTES
from tests.bookings.feeds import ENTRIES, MEMBERSHIPS, MOSTLY_EMPTY
from tests.bookings.test_values import BAD, GOOD
from tests.feedfiles import booking_row, booking_row_2, ex_booking_row

FEEDS = [BOOKINGS, BOOKINGS_2, EX_REGISTRATIONS, MEMBERSHIPS, ENTRIES, MOSTLY_EMPTY]
ODD_TEXTS = ["", " ", "\0", "\\", "\\N", "\\.", "\t", "\n", "\r\n", ",", '"', ",,", "駅", "\ufeff"]
ODD_TEXTS += [text for _, text, _ in BAD]


def exactly(definition: FeedDefinition, encoding: str, records: list[bytes]) -> Chunk:
    """Check records by the exact rules only."""
    judged = [read_row(definition, record, encoding) for record in records]
    rows = [row.copy_line(at) for at, row in enumerate(judged, 1) if not isinstance(row, str)]
    bad = [
        BadRow(at, row, records[at - 1][:MAX_RECORD_BYTES])
        for at, row in enumerate(judged, 1)
        if isinstance(row, str)
    ]
    return Chunk(b"".join(rows), len(rows), bad)


def same_rows(found: Chunk, expected: Chunk) -> bool:
    """Return whether two chunks are equal, in any order of accepted rows."""
    rows = [sorted(chunk.rows.splitlines(keepends=True)) for chunk in (found, expected)]
    return rows[0] == rows[1] and (found.count, found.bad) == (expected.count, expected.bad)


@st.composite
def records_of(draw: st.DrawFn, definition: FeedDefinition) -> bytes:
    """Make one record: mostly good values, some odd ones, quoted in any way."""
    fields = []
    for column in definition.columns:
        good = [text for kind, text, _ in GOOD if kind.reason == column.kind.reason]
        good = [text for text in good if column.kind.accepts(text)] or [""]
        if column.kind.reason == "unknown_value":
            good = column.kind.pattern[3:-1].decode().split("|")
        if not column.required:
            good = [*good, "", ""]
        likely = st.sampled_from(good)
        odd = st.sampled_from(ODD_TEXTS) | st.text(max_size=3).map(without_surrogates)
        fields.append(draw(st.one_of(*[likely] * 15, odd)))
    line = io.StringIO(newline="")
    if draw(st.booleans()):
        csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="").writerow(fields)
    else:
        csv.writer(line, lineterminator="").writerow(fields)
    return line.getvalue().encode()


def without_surrogates(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()


@pytest.mark.parametrize("definition", FEEDS, ids=lambda feed: f"{feed.name} {feed.version}")
@given(data=st.data())
@settings(max_examples=150)
def test_make_chunk_agrees_with_the_exact_rules(
    definition: FeedDefinition, data: st.DataObject
) -> None:
    records = data.draw(st.lists(records_of(definition), max_size=6))

    found = make_chunk(definition, "utf-8", 1, records)

    assert same_rows(found, exactly(definition, "utf-8", records))


@given(data=st.data())
@settings(max_examples=100)
def test_make_chunk_agrees_with_the_exact_rules_in_cp932(data: st.DataObject) -> None:
    records = data.draw(st.lists(records_of(BOOKINGS), max_size=6))
    records = [record.decode().encode("cp932", "replace") for record in records]

    found = make_chunk(BOOKINGS, "cp932", 1, records)

    assert same_rows(found, exactly(BOOKINGS, "cp932", records))


@pytest.mark.parametrize("column", BOOKINGS.header)
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["plain", "quoted"])
@pytest.mark.parametrize("row", [booking_row(), ex_booking_row()], ids=["e5489", "EX"])
def test_make_chunk_agrees_with_the_exact_rules_on_every_value(
    column: str, quoting: Literal[0, 1], row: dict[str, object]
) -> None:
    texts = [*ODD_TEXTS, *(text for _, text, _ in GOOD)]
    line = io.StringIO(newline="")
    writer = csv.DictWriter(line, BOOKINGS.header, quoting=quoting, lineterminator="\x1e")
    writer.writerows(row | {column: text} for text in texts)
    records = line.getvalue().encode().split(b"\x1e")[:-1]

    found = make_chunk(BOOKINGS, "utf-8", 1, records)

    assert len(records) == len(texts)
    assert same_rows(found, exactly(BOOKINGS, "utf-8", records))


@pytest.mark.parametrize("text", ["ticketless", "paper", "Paper", " paper", "", *ODD_TEXTS[1:]])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["plain", "quoted"])
def test_make_chunk_agrees_with_the_exact_rules_on_every_ticketing(
    text: str, quoting: Literal[0, 1]
) -> None:
    line = io.StringIO(newline="")
    writer = csv.DictWriter(line, BOOKINGS_2.header, quoting=quoting, lineterminator="")
    writer.writerow(booking_row_2(ticketing=text))
    records = [line.getvalue().encode()]

    found = make_chunk(BOOKINGS_2, "utf-8", 1, records)

    assert same_rows(found, exactly(BOOKINGS_2, "utf-8", records))
    assert found.count == (text in {"ticketless", "paper"})


@pytest.mark.parametrize("field", [b"x", b'"x"'], ids=["plain", "quoted"])
def test_make_chunk_writes_every_pattern_of_nulls(field: bytes) -> None:
    records = [
        b",".join(field if way & 1 << at and at != 3 else b"" for at in range(5))
        for way in range(32)
    ]

    found = make_chunk(MOSTLY_EMPTY, "utf-8", 1, records)

    assert found.bad == []
    assert same_rows(found, exactly(MOSTLY_EMPTY, "utf-8", records))


@pytest.mark.parametrize("length", [MAX_RECORD_BYTES, MAX_RECORD_BYTES + 1])
@pytest.mark.parametrize("quote", [b"", b'"'], ids=["plain", "quoted"])
def test_make_chunk_finds_the_limit_of_a_record_on_the_fast_path(length: int, quote: bytes) -> None:
    around = b",,," + quote + b":x>y" + quote + b",z"
    record = around.replace(b":", b"a" * (length - len(around)) + b":")

    [found] = make_chunks(MOSTLY_EMPTY, "utf-8", 1, [record])

    assert [bad.reason for bad in found.bad] == ["line_too_long"] * (length > MAX_RECORD_BYTES)


def test_make_chunks_parts_what_would_be_too_many_bad_rows_at_once() -> None:
    parts = list(make_chunks(BOOKINGS, "utf-8", 5, [b""] * (MAX_CHUNK_RECORDS + 1)))

    assert [len(part.bad) for part in parts] == [MAX_CHUNK_RECORDS, 1]
    assert [part.bad[0].record for part in parts] == [5, 5 + MAX_CHUNK_RECORDS]
