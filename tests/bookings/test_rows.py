from itertools import combinations

import pytest

from bookings.definitions import BOOKINGS, BOOKINGS_2, EX_REGISTRATIONS, FeedDefinition
from bookings.rows import AcceptedRow, read_row
from bookings.values import MAX_RECORD_BYTES, ROW_REASONS
from tests.bookings.feeds import ENTRIES, MEMBERSHIPS
from tests.feedfiles import (
    Row,
    booking_row,
    booking_row_2,
    csv_bytes,
    ex_booking_row,
    registration_row,
)


def record_of(row: Row, definition: FeedDefinition = BOOKINGS, encoding: str = "utf-8") -> bytes:
    content = csv_bytes(definition, [row], encoding=encoding)
    return content.split(b"\n", 1)[1].removesuffix(b"\n")


def reason_of(row: Row, definition: FeedDefinition = BOOKINGS) -> str:
    judged = read_row(definition, record_of(row, definition), "utf-8")
    return judged if isinstance(judged, str) else "accepted"


LONG_WAY = "あ" * 2800 + ":x>y"  # 8,400 bytes
FAULTS = {
    "nul_byte": {"reservation_no": "R\0"},
    "line_too_long": {"journey": LONG_WAY},
    "missing_value": {"event_id": ""},
    "bad_identifier": {"wester_id": "W 1"},
    "bad_timestamp": {"occurred_at": "2024-12-20"},
    "bad_date": {"travel_date": "2024-12-32"},
    "bad_amount": {"amount_yen": "1.5"},
    "bad_number": {"item_no": "0"},
    "unknown_value": {"sales_channel": "kiosk"},
    "unexpected_value": {"ex_member_no": "X1"},
    "bad_journey": {"journey": "しらさぎ"},
}


@pytest.mark.parametrize("reason", FAULTS)
def test_read_row_names_the_reason(reason: str) -> None:
    assert reason_of(booking_row(**FAULTS[reason])) == reason


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(*pair, id=" before ".join(pair))
        for pair in combinations(FAULTS, 2)
        if not FAULTS[pair[0]].keys() & FAULTS[pair[1]].keys()
    ],
)
def test_read_row_names_the_first_reason_of_two(first: str, second: str) -> None:
    assert ROW_REASONS.index(first) < ROW_REASONS.index(second)
    assert reason_of(booking_row(**FAULTS[second] | FAULTS[first])) == first


@pytest.mark.parametrize("column", BOOKINGS.header)
def test_read_row_takes_an_empty_field_for_null(column: str) -> None:
    required = column not in {"wester_id", "ex_member_no"}

    assert reason_of(booking_row(**{column: ""})) == ("missing_value" if required else "accepted")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(booking_row(), "accepted", id="e5489"),
        pytest.param(booking_row(wester_id=""), "accepted", id="e5489, without sign-in"),
        pytest.param(ex_booking_row(), "accepted", id="EX"),
        pytest.param(ex_booking_row(booking_service="ex_yoyaku"), "accepted", id="EX予約"),
        pytest.param(booking_row(ex_member_no="X1"), "unexpected_value", id="EX number on e5489"),
        pytest.param(booking_row(ex_member_no="X 1"), "bad_identifier", id="bad one on e5489"),
        pytest.param(ex_booking_row(wester_id="W1"), "unexpected_value", id="WESTER ID on EX"),
        pytest.param(ex_booking_row(wester_id="é"), "bad_identifier", id="bad one on EX"),
        pytest.param(ex_booking_row(ex_member_no=""), "missing_value", id="EX without number"),
        pytest.param(
            ex_booking_row(ex_member_no="", wester_id="W1"), "missing_value", id="EX swapped"
        ),
        pytest.param(
            booking_row(booking_service="smart_ex"), "missing_value", id="e5489 row called EX"
        ),
        pytest.param(
            ex_booking_row(booking_service="e5489"), "unexpected_value", id="EX row called e5489"
        ),
        pytest.param(
            ex_booking_row(booking_service="mars", wester_id="W1", ex_member_no=""),
            "unknown_value",
            id="unknown service requires nothing of other columns",
        ),
        pytest.param(booking_row(wester_id=" W1"), "bad_identifier", id="space is not trimmed"),
        pytest.param(booking_row(event_type=" "), "unknown_value", id="a space is a value"),
        pytest.param(booking_row(event_id="\ufeffE1"), "bad_identifier", id="BOM in the middle"),
        pytest.param(booking_row(event_id="\\."), "bad_identifier", id="COPY's end of data"),
        pytest.param(booking_row(wester_id="\\N"), "bad_identifier", id="COPY's null"),
        pytest.param(booking_row(wester_id="NULL"), "accepted", id="a member called NULL"),
        pytest.param(booking_row(journey="a,b:c>d"), "accepted", id="comma in a name"),
        pytest.param(booking_row(journey="a\nb:c>d"), "accepted", id="line feed in a name"),
        pytest.param(booking_row(journey='"a":"b">c'), "accepted", id="quotes in names"),
    ],
)
def test_read_row_judges_the_whole_row(row: Row, expected: str) -> None:
    assert reason_of(row) == expected


@pytest.mark.parametrize(
    ("ticketing", "expected"),
    [
        pytest.param("ticketless", "accepted", id="ticketless"),
        pytest.param("paper", "accepted", id="paper"),
        pytest.param("", "missing_value", id="none"),
        pytest.param("Ticketless", "unknown_value", id="a capital"),
        pytest.param("paper ", "unknown_value", id="a space"),
        pytest.param("app", "unknown_value", id="another"),
    ],
)
def test_read_row_requires_a_ticketing_of_version_2(ticketing: str, expected: str) -> None:
    assert reason_of(booking_row_2(ticketing=ticketing), BOOKINGS_2) == expected


def test_read_row_of_version_2_has_one_column_more_after_the_product() -> None:
    place = BOOKINGS.header.index("product_kind") + 1

    assert BOOKINGS_2.header == (*BOOKINGS.header[:place], "ticketing", *BOOKINGS.header[place:])
    assert read_row(BOOKINGS_2, record_of(booking_row()), "utf-8") == "bad_column_count"
    assert read_row(BOOKINGS, record_of(booking_row_2(), BOOKINGS_2), "utf-8") == "bad_column_count"


@pytest.mark.parametrize("record", [b"", b" ", b'""', b"," * 14, b"," * 16, b"x"])
def test_read_row_counts_columns(record: bytes) -> None:
    assert read_row(BOOKINGS, record, "utf-8") == "bad_column_count"


def test_read_row_counts_columns_before_it_looks_at_values() -> None:
    assert read_row(BOOKINGS, b"," * 15, "utf-8") == "missing_value"
    assert read_row(BOOKINGS, b"\0", "utf-8") == "nul_byte"


@pytest.mark.parametrize(("length", "reason"), [(0, "accepted"), (1, "line_too_long")])
def test_read_row_measures_the_record_as_delivered(length: int, reason: str) -> None:
    fixed = len(record_of(booking_row(journey=":x>y")))
    journey = "a" * (MAX_RECORD_BYTES - fixed + length) + ":x>y"

    assert reason_of(booking_row(journey=journey)) == reason


def test_read_row_measures_cp932_in_its_own_bytes() -> None:
    row = booking_row(journey="あ" * 3900 + ":x>y")  # 7,800 bytes in cp932, 11,700 in UTF-8

    assert isinstance(read_row(BOOKINGS, record_of(row, encoding="cp932"), "cp932"), AcceptedRow)
    assert reason_of(row) == "line_too_long"


def test_read_row_unquotes() -> None:
    record = record_of(booking_row()).replace(b"W1", b'"W1"').replace(b",,", b',"",')

    assert read_row(BOOKINGS, record, "utf-8") == read_row(
        BOOKINGS, record_of(booking_row()), "utf-8"
    )


def test_read_row_reads_cp932() -> None:
    record = record_of(booking_row(journey="ソ:表>能"), encoding="cp932")  # trail bytes 5C
    judged = read_row(BOOKINGS, record, "cp932")

    assert b"\\" in record
    assert isinstance(judged, AcceptedRow)
    assert judged.values[11] == "ソ:表>能"


def test_copy_line_escapes_what_copy_would_read_otherwise() -> None:
    judged = read_row(BOOKINGS, record_of(booking_row(journey="\\.\t\r\n\\N:x>y")), "utf-8")

    assert isinstance(judged, AcceptedRow)
    assert judged.copy_line(7).split(b"\t")[12] == rb"\\.\t\r\n\\N:x>y"
    assert judged.copy_line(7).startswith(b"7\tE1\tbooked\t")
    assert judged.copy_line(7).split(b"\t")[8:10] == [b"W1", rb"\N"]


def test_copy_line_adds_the_text_that_decides_ties() -> None:
    row = registration_row(points_registered_at="")
    judged = read_row(EX_REGISTRATIONS, record_of(row, EX_REGISTRATIONS), "utf-8")

    assert isinstance(judged, AcceptedRow)
    line = judged.copy_line(1).decode().removesuffix("\n").split("\t")
    assert len(line) == 1 + len(EX_REGISTRATIONS.copy_columns)
    assert line[-1].startswith("\\\\x")
    assert bytes.fromhex(line[-1][3:]) == "\x1f".join(map(str, row.values())).encode()


@pytest.mark.parametrize(
    ("definition", "row", "expected"),
    [
        (MEMBERSHIPS, ("W1", "withdrawn", "2025-01-01T00:00:00Z"), "accepted"),
        (MEMBERSHIPS, ("W1", "gone", "2025-01-01T00:00:00Z"), "unknown_value"),
        (MEMBERSHIPS, ("W1", "gone", "yesterday"), "bad_timestamp"),
        (ENTRIES, ("W1", "012025121203", "2025-01-01T00:00:00Z", "app"), "accepted"),
        (ENTRIES, ("W1", "012025121203", "2025-01-01T00:00:00Z", "web"), "unknown_value"),
        (ENTRIES, ("W1", "", "2025-01-01T00:00:00Z", "web"), "missing_value"),
    ],
)
def test_read_row_reads_feeds_that_other_apps_declare(
    definition: FeedDefinition, row: tuple[str, ...], expected: str
) -> None:
    assert reason_of(dict(zip(definition.header, row, strict=True)), definition) == expected
