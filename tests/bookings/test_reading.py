import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.definitions import BOOKINGS
from bookings.delivery import FileRefused
from bookings.reading import open_feed_file, read_records
from bookings.rows import read_row
from tests.bookings.csv_reference import read_plainly
from tests.bookings.feeds import FEEDS, fields_of, read_all, refusal_of
from tests.feedfiles import (
    Row,
    booking_row,
    csv_bytes,
    ex_booking_row,
    registration_row,
    write_feed_file,
    write_registrations,
)

GOOD = csv_bytes(BOOKINGS, [booking_row(), ex_booking_row(event_id="E2")])
HEADER, FIRST, SECOND = GOOD.splitlines(keepends=True)
UNHURT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def test_open_feed_file_returns_name_rows_and_checksum(tmp_path: Path) -> None:
    reader = open_feed_file(write_feed_file(tmp_path, [booking_row()], packed=True), FEEDS)

    assert reader.name == "bookings-20250107-001.csv.gz"
    assert (reader.definition, reader.rows) == (BOOKINGS, 1)
    assert reader.sha256 == reader.manifest.sha256


def test_chunks_number_records_from_the_first_after_the_header(tmp_path: Path) -> None:
    long_line = b"x" * 9000
    content = HEADER + b"\n" + FIRST + long_line + b"\n" + SECOND + b"a\0b\n\n"

    chunk = read_all(write_feed_file(tmp_path, [{}] * 6, content=content))

    assert [fields[:2] for fields in fields_of(chunk)] == [[b"2", b"E1"], [b"4", b"E2"]]
    assert [(bad.record, bad.reason, bad.content) for bad in chunk.bad] == [
        (1, "bad_column_count", b""),
        (3, "line_too_long", long_line[:8192]),
        (5, "nul_byte", b"a\0b"),
        (6, "bad_column_count", b""),
    ]


def test_chunks_carry_the_text_that_decides_ties(tmp_path: Path) -> None:
    rows = [registration_row(), registration_row(points_registered_at="")]
    expected = ["\x1f".join(map(str, row.values())).encode() for row in rows]

    for options in ({}, {"quoting": csv.QUOTE_ALL}, {"line_end": "\r\n"}, {"encoding": "cp932"}):
        chunk = read_all(write_registrations(tmp_path, rows, **options))

        assert [bytes.fromhex(line[-1][3:].decode()) for line in fields_of(chunk)] == expected
        assert fields_of(chunk)[1][4] == rb"\N"


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"line_end": "\r\n"}, id="CRLF"),
        pytest.param({"quoting": csv.QUOTE_ALL}, id="all quoted"),
        pytest.param({"quoting": csv.QUOTE_ALL, "line_end": "\r\n"}, id="all quoted, CRLF"),
        pytest.param({"encoding": "cp932"}, id="cp932"),
        pytest.param({"encoding": "cp932", "quoting": csv.QUOTE_ALL}, id="cp932, all quoted"),
        pytest.param({"packed": True}, id="packed"),
    ],
)
def test_chunks_are_the_same_in_whatever_form_the_rows_come(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    rows = [booking_row(), ex_booking_row(), booking_row(wester_id="", journey="ソ:表>能,十")]
    plain = read_all(write_feed_file(tmp_path, rows))

    assert read_all(write_feed_file(tmp_path, rows, sequence=2, **options)) == plain
    assert plain.count == 3


def test_cp932_is_decoded_strictly(tmp_path: Path) -> None:
    content = GOOD.decode().encode("cp932")
    for wrong in (content + b"\x82", content[:-1] + b"\x81\n", GOOD):
        path = write_feed_file(tmp_path, [{}] * 2, encoding="cp932", content=wrong)

        assert refusal_of(path) in {"undecodable", "row_count_differs"}
    assert refusal_of(write_feed_file(tmp_path, [{}] * 2, content=content)) == "undecodable"


@st.composite
def rows_of_a_file(draw: st.DrawFn) -> list[Row]:
    row = st.builds(
        booking_row,
        event_id=st.sampled_from(["E1", "", "E 1", "\\N"]),
        journey=st.sampled_from(["あ:い>う", 'a"b:c>d', "a\nb:c>d", "a\r\nb:c>d", "x", "\0", "a,"]),
        amount_yen=st.sampled_from(["0", "1", "-1", ""]),
    )
    return draw(st.lists(row, max_size=8))


@given(
    rows=rows_of_a_file(),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "cp932"]),
    packed=st.booleans(),
    block_size=st.integers(1, 300),
)
@settings(suppress_health_check=UNHURT)
def test_chunks_agree_with_the_csv_module_and_the_exact_rules(
    tmp_path: Path, rows: list[Row], block_size: int, **options: Any
) -> None:
    path = write_feed_file(tmp_path, rows, **options)

    found = read_all(path, block_size)

    texts = [[str(text) for text in row.values()] for row in rows]
    accepted = {line[0]: line[1:] for line in fields_of(found)}
    reasons = {bad.record: bad.reason for bad in found.bad}
    for number, fields in enumerate(texts, 1):
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="").writerow(fields)
        judged = read_row(BOOKINGS, line.getvalue().encode(), "utf-8")
        if isinstance(judged, str):
            assert reasons[number] == judged
        else:
            assert judged.values == tuple(text or None for text in fields)
            assert accepted[b"%d" % number] == judged.copy_line(1)[:-1].split(b"\t")[1:]
    assert found.count + len(found.bad) == len(rows) == len(accepted) + len(reasons)


PIECES = [FIRST, FIRST[:-1], SECOND.rstrip() + b"\r\n", b'"', b",", b"\n", b"\r\n", b"\r", b"\0"]


@given(
    pieces=st.lists(st.sampled_from([*PIECES, b"\xff", b'"E3"', "駅".encode()]), max_size=12),
    block_size=st.integers(1, 700),
)
@settings(suppress_health_check=UNHURT)
def test_any_bytes_are_refused_or_judged_record_by_record(
    tmp_path: Path, pieces: list[bytes], block_size: int
) -> None:
    content = HEADER + b"".join(pieces)
    reading = read_plainly(content)
    rows = len(reading.records) - 1
    path = write_feed_file(tmp_path, content=content, manifest={"rows": rows})

    if reading.malformed or b"\xff" in content:
        assert refusal_of(path, block_size) in {"malformed_quoting", "undecodable"}
        return

    found = read_all(path, block_size)
    judged = [read_row(BOOKINGS, record, "utf-8") for record in reading.records[1:]]
    numbered = list(enumerate(judged, 1))
    lines = [row.copy_line(number) for number, row in numbered if not isinstance(row, str)]
    assert sorted(found.rows.splitlines(keepends=True)) == sorted(lines)
    assert [(bad.record, bad.reason) for bad in found.bad] == [
        (number, row) for number, row in numbered if isinstance(row, str)
    ]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_read_records_finds_the_text_of_records_again(tmp_path: Path, packed: bool) -> None:
    rows = [booking_row(event_id=f"E{at}", journey=f"a\r\n{at}:b>c") for at in range(1, 400)]
    reader = open_feed_file(write_feed_file(tmp_path, rows, packed=packed, line_end="\r\n"), FEEDS)
    reader = replace(reader, block_size=1000)

    found = dict(read_records(reader, [399, 7, 1, 7, 200]))

    assert list(found) == [1, 7, 200, 399]
    for number, content in found.items():
        judged = read_row(BOOKINGS, content, "utf-8")
        assert not isinstance(judged, str)
        assert judged.values[0] == f"E{number}"
        assert judged.values[11] == f"a\r\n{number}:b>c"


def test_read_records_of_none_reads_nothing(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row()])

    assert list(read_records(open_feed_file(path, FEEDS), [])) == []


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_file_changed_while_it_is_read_is_refused(tmp_path: Path, encoding: str) -> None:
    rows = [booking_row(event_id=f"E{at}") for at in range(100)]
    path = write_feed_file(tmp_path, rows, encoding=encoding)
    reader = replace(open_feed_file(path, FEEDS), block_size=1000)
    chunks = reader.chunks()
    next(chunks)
    path.write_bytes(path.read_bytes().replace(b"9410", b"9411"))

    with pytest.raises(FileRefused) as info:
        list(chunks)
    assert info.value.code == "checksum_differs"


def test_a_name_that_no_terminal_can_print_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "bookings-\udcff.csv"
    write_feed_file(tmp_path, [booking_row()], name=path.name)

    assert open_feed_file(path, FEEDS).name == r"bookings-\udcff.csv"
    assert refusal_of(path) == "manifest_differs_from_name"
