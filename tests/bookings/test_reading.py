import csv
import gzip
import io
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.definitions import BOOKINGS, EX_REGISTRATIONS
from bookings.reading import (
    Chunk,
    FileRefused,
    open_feed_file,
    read_records,
    read_row,
)
from tests.bookings.feeds import ENTRIES, MEMBERSHIPS
from tests.feedfiles import (
    Row,
    booking_row,
    csv_bytes,
    ex_booking_row,
    registration_row,
    write_feed_file,
    write_registrations,
)

FEEDS = {feed.name: feed for feed in (BOOKINGS, EX_REGISTRATIONS, MEMBERSHIPS, ENTRIES)}
GOOD = csv_bytes(BOOKINGS, [booking_row(), ex_booking_row(event_id="E2")])
HEADER, FIRST, SECOND = GOOD.splitlines(keepends=True)


def read_all(path: Path, block_size: int = 1 << 18) -> Chunk:
    """Read a file to its end, as one chunk."""
    reader = open_feed_file(path, FEEDS)
    parts = list(replace(reader, block_size=block_size).chunks())
    return Chunk(
        b"".join(part.rows for part in parts),
        sum(part.count for part in parts),
        [bad for part in parts for bad in part.bad],
    )


def refusal_of(path: Path, block_size: int = 1 << 18) -> str:
    try:
        read_all(path, block_size)
    except FileRefused as refusal:
        return refusal.code
    return "read"


def fields_of(chunk: Chunk) -> list[list[bytes]]:
    return [line.split(b"\t") for line in chunk.rows.splitlines()]


# Each makes one fault in what is given to write_feed_file; in the order of the contract.
FAULTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "no_manifest": lambda file: file.update(no_manifest=True),
    "unreadable_manifest": lambda file: file["manifest"].update(encoding="latin-1"),
    "unknown_version": lambda file: file["manifest"].update(version=2),
    "checksum_differs": lambda file: file["manifest"].update(sha256="0" * 64),
    "row_count_differs": lambda file: file["manifest"].update(rows=3),
    "header_differs": lambda file: file.update(content=b"x" + file["content"]),
    "undecodable": lambda file: file.update(content=file["content"] + b"\xff"),
    "truncated_gzip": lambda file: file.update(cut=True),
    "malformed_quoting": lambda file: file.update(content=file["content"] + b'"'),
    "manifest_differs_from_name": lambda file: file["manifest"].update(sequence=2),
}


def write_faulty(folder: Path, faults: tuple[str, ...]) -> Path:
    file: dict[str, Any] = {"content": GOOD.removesuffix(b"\n"), "manifest": {}}
    for fault in faults:
        FAULTS[fault](file)
    packed = gzip.compress(file["content"])
    path = write_feed_file(
        folder,
        [{}, {}],
        packed=True,
        content=b"",
        delivered=packed[:-9] if "cut" in file else packed,
        manifest=file["manifest"],
    )
    if "no_manifest" in file:
        path.with_name(f"{path.name}.manifest.json").unlink()
    return path


def test_a_file_without_fault_is_read(tmp_path: Path) -> None:
    assert refusal_of(write_faulty(tmp_path, ())) == "read"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_refused(tmp_path: Path, fault: str) -> None:
    assert refusal_of(write_faulty(tmp_path, (fault,))) == fault


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param(pair, id=" before ".join(pair))
        for pair in combinations(FAULTS, 2)
        # A manifest of another version may have any keys; a cut file has not been counted.
        if pair
        not in {("unreadable_manifest", "unknown_version"), ("row_count_differs", "truncated_gzip")}
    ],
)
def test_of_two_faults_the_first_in_the_contract_is_the_reason(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    assert refusal_of(write_faulty(tmp_path, pair)) == pair[0]


def test_a_file_cut_off_is_not_counted(tmp_path: Path) -> None:
    path = write_faulty(tmp_path, ("row_count_differs", "truncated_gzip"))

    assert refusal_of(path) == "truncated_gzip"


def test_the_checksum_is_judged_before_any_row_is_read(tmp_path: Path) -> None:
    path = write_faulty(tmp_path, ("checksum_differs", "malformed_quoting"))

    with pytest.raises(FileRefused) as info:
        open_feed_file(path, FEEDS)
    assert info.value.code == "checksum_differs"


@pytest.mark.parametrize(
    ("content", "rows", "expected"),
    [
        pytest.param(b"", 0, "header_differs", id="empty"),
        pytest.param(b"", 1, "row_count_differs", id="empty, but rows are promised"),
        pytest.param(b"\xef\xbb\xbf", 0, "header_differs", id="BOM alone"),
        pytest.param(HEADER, 0, "read", id="header alone"),
        pytest.param(HEADER.rstrip(), 0, "read", id="header alone without line end"),
        pytest.param(HEADER + FIRST, 1, "read", id="one row"),
        pytest.param(HEADER + FIRST, 0, "row_count_differs", id="one row too many"),
        pytest.param(HEADER + FIRST, 2, "row_count_differs", id="one row too few"),
        pytest.param(HEADER + FIRST + b"\n", 2, "read", id="blank line at the end counts"),
        pytest.param(HEADER + b"\n" + FIRST, 2, "read", id="blank line inside counts"),
        pytest.param(b"\n" + HEADER + FIRST, 2, "header_differs", id="blank line before"),
        pytest.param(b"\xef\xbb\xbf" + HEADER + FIRST, 1, "read", id="BOM"),
        pytest.param(b"\xef\xbb\xbf" * 2 + HEADER, 0, "header_differs", id="two BOMs"),
        pytest.param(HEADER.replace(b"\n", b"\r\n") + FIRST, 1, "read", id="CRLF and LF"),
        pytest.param(
            b'"' + HEADER.rstrip().replace(b",", b'","') + b'"\n', 0, "read", id="header quoted"
        ),
        pytest.param(HEADER.upper(), 0, "header_differs", id="header in capitals"),
        pytest.param(HEADER.replace(b",", b";"), 0, "header_differs", id="semicolons"),
        pytest.param(HEADER.replace(b",", b", "), 0, "header_differs", id="spaces in the header"),
        pytest.param(HEADER.replace(b"\n", b",\n"), 0, "header_differs", id="one column more"),
        pytest.param(HEADER[HEADER.index(b",") + 1 :], 0, "header_differs", id="one column less"),
        pytest.param(
            HEADER.replace(b"event_id,event_type", b"event_type,event_id"),
            0,
            "header_differs",
            id="columns in another order",
        ),
        pytest.param(FIRST + SECOND, 1, "header_differs", id="no header"),
        pytest.param(GOOD.replace(b"\n", b"\r"), 0, "header_differs", id="CR for all line ends"),
        pytest.param(
            HEADER + FIRST.replace(b"\n", b"\r") + SECOND, 2, "malformed_quoting", id="CR"
        ),
        pytest.param(HEADER + b"\xed\xa0\x80\n", 1, "undecodable", id="a surrogate in UTF-8"),
        pytest.param(HEADER + b"\xc0\x80\n", 1, "undecodable", id="NUL in two bytes"),
        pytest.param(HEADER + FIRST[:-1] + b"\xe9", 1, "undecodable", id="cut in a character"),
        pytest.param(HEADER + b"\xff\n" * 9, 9, "undecodable", id="undecodable and bad"),
        pytest.param(HEADER + b'"' + b"\n" * 9, 9, "malformed_quoting", id="open quote"),
        pytest.param(HEADER + b"x" * 100_000, 1, "read", id="a long line without end"),
        pytest.param(b"x" * 100_000, 0, "header_differs", id="a long line for a header"),
    ],
)
@pytest.mark.parametrize("block_size", [5, 1 << 18])
def test_the_structure_decides(
    tmp_path: Path, content: bytes, rows: int, expected: str, block_size: int
) -> None:
    path = write_feed_file(tmp_path, [{}] * rows, content=content)

    assert refusal_of(path, block_size) == expected


@pytest.mark.parametrize(
    ("name", "manifest", "content", "expected"),
    [
        pytest.param("bookings-20250107-001.csv", {}, GOOD, "read", id="as it should be"),
        *(
            pytest.param(name, {}, GOOD, "manifest_differs_from_name", id=name)
            for name in [
                "bookings-20250107-002.csv",
                "bookings-20250108-001.csv",
                "bookings-20250107-1.csv",
                "bookings.csv",
                "memberships-20250107-001.csv",
                "nonsense-20250107-001.csv",
                "bookings-20250107-001.csv.txt",
            ]
        ),
        pytest.param(
            "bookings-20250107-001.csv",
            {"feed": "memberships"},
            GOOD,
            "manifest_differs_from_name",
            id="manifest of another feed",
        ),
        pytest.param(
            "bookings-20250107-001.csv",
            {"feed": "nonsense"},
            GOOD,
            "manifest_differs_from_name",
            id="manifest of no feed",
        ),
        pytest.param(
            "memberships-20250107-001.csv",
            {"feed": "memberships"},
            GOOD,
            "header_differs",
            id="header of another feed",
        ),
        pytest.param(
            "nonsense-20250107-001.csv", {"feed": "nonsense"}, GOOD, "unknown_feed", id="no feed"
        ),
    ],
)
def test_the_name_is_compared(
    tmp_path: Path, name: str, manifest: dict[str, Any], content: bytes, expected: str
) -> None:
    path = write_feed_file(tmp_path, [{}] * 2, name=name, content=content, manifest=manifest)

    assert refusal_of(path) == expected


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [
        pytest.param(0, 99, "read", id="99 rows, all bad"),
        pytest.param(95, 5, "read", id="100 rows, exactly 5 %"),
        pytest.param(94, 6, "too_many_bad_rows", id="100 rows, one above 5 %"),
        pytest.param(96, 5, "read", id="101 rows, just under 5 %"),
        pytest.param(113, 6, "too_many_bad_rows", id="119 rows, just above 5 %"),
        pytest.param(114, 6, "read", id="120 rows, exactly 5 %"),
        pytest.param(0, 100, "too_many_bad_rows", id="100 rows, all bad"),
    ],
)
def test_too_many_bad_rows_refuse_the_file(
    tmp_path: Path, good: int, bad: int, expected: str
) -> None:
    rows = [booking_row(event_id=f"E{at}") for at in range(good)]
    rows += [booking_row(amount_yen="free")] * bad

    assert refusal_of(write_feed_file(tmp_path, rows)) == expected


def test_a_file_of_another_name_is_refused_for_it_before_its_bad_rows(tmp_path: Path) -> None:
    rows = [booking_row(amount_yen="free")] * 100

    path = write_feed_file(tmp_path, rows, manifest={"sequence": 2})

    assert refusal_of(path) == "manifest_differs_from_name"


def test_open_feed_file_tells_what_it_knows(tmp_path: Path) -> None:
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
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
