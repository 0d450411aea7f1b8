import gzip
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from bookings.definitions import BOOKINGS
from bookings.delivery import FileRefused
from bookings.reading import open_feed_file
from tests.bookings.feeds import FEEDS, refusal_of
from tests.feedfiles import booking_row, csv_bytes, ex_booking_row, write_feed_file

GOOD = csv_bytes(BOOKINGS, [booking_row(), ex_booking_row(event_id="E2")])
HEADER, FIRST, SECOND = GOOD.splitlines(keepends=True)

# Each makes one fault in what is given to write_feed_file; in the order of the contract.
FAULTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "no_manifest": lambda file: file.update(no_manifest=True),
    "unreadable_manifest": lambda file: file["manifest"].update(encoding="latin-1"),
    "unknown_version": lambda file: file["manifest"].update(version=3),
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
        pytest.param(b"\xef\xbb\xbf", 0, "header_differs", id="only a BOM"),
        pytest.param(HEADER, 0, "read", id="only a header"),
        pytest.param(HEADER.rstrip(), 0, "read", id="only a header without line end"),
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
