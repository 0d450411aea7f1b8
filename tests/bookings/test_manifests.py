import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bookings.delivery import BOM, FileRefused
from bookings.manifests import MAX_MANIFEST_BYTES, Manifest, read_manifest
from tests.feedfiles import write_manifest

RIGHT: dict[str, Any] = {
    "feed": "bookings",
    "version": 1,
    "business_date": "2025-01-07",
    "sequence": 1,
    "rows": 12,
    "sha256": "0" * 64,
    "encoding": "utf-8",
}
FILE = Path("bookings-20250107-001.csv")


def refusal_of(folder: Path, manifest: dict[str, Any] | bytes) -> str:
    write_manifest(folder / FILE, manifest)
    try:
        read_manifest(folder / FILE)
    except FileRefused as refusal:
        return refusal.code
    return "read"


def test_read_manifest_reads_every_value(tmp_path: Path) -> None:
    write_manifest(tmp_path / FILE, RIGHT)

    assert read_manifest(tmp_path / FILE) == Manifest(
        feed="bookings",
        business_date=date(2025, 1, 7),
        sequence=1,
        rows=12,
        sha256="0" * 64,
        encoding="utf-8",
    )


def test_read_manifest_tolerates_the_bom_that_editors_write(tmp_path: Path) -> None:
    write_manifest(tmp_path / FILE, BOM + json.dumps(RIGHT).encode())

    assert read_manifest(tmp_path / FILE).rows == 12


def test_read_manifest_reads_a_checksum_in_capitals(tmp_path: Path) -> None:
    write_manifest(tmp_path / FILE, RIGHT | {"sha256": "0123456789ABCDEF" * 4})

    assert read_manifest(tmp_path / FILE).sha256 == "0123456789abcdef" * 4


def test_read_manifest_of_a_packed_file_has_its_whole_name(tmp_path: Path) -> None:
    write_manifest(tmp_path / "bookings-20250107-001.csv.gz", RIGHT)

    assert read_manifest(tmp_path / "bookings-20250107-001.csv.gz").rows == 12
    with pytest.raises(FileRefused):
        read_manifest(tmp_path / FILE)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("feed", "no feed that we know"),
        ("sequence", 999),
        ("rows", 0),
        ("rows", 10**15),
        ("sha256", "0123456789abcdef" * 4),
        ("encoding", "cp932"),
        ("business_date", "2024-02-29"),
    ],
)
def test_read_manifest_accepts(tmp_path: Path, key: str, value: object) -> None:
    assert refusal_of(tmp_path, RIGHT | {key: value}) == "read"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("feed", None),
        ("feed", ""),
        ("feed", 1),
        ("feed", ["bookings"]),
        ("version", None),
        ("version", True),
        ("version", 1.0),
        ("version", "1"),
        ("version", [1]),
        ("business_date", None),
        ("business_date", "2025-02-29"),
        ("business_date", "2025-1-7"),
        ("business_date", "20250107"),
        ("business_date", "2025-W02-2"),
        ("business_date", "２０２５-01-07"),
        ("business_date", 20250107),
        ("sequence", None),
        ("sequence", 0),
        ("sequence", 1000),
        ("sequence", -1),
        ("sequence", True),
        ("sequence", 1.0),
        ("sequence", "001"),
        ("rows", None),
        ("rows", -1),
        ("rows", False),
        ("rows", 12.0),
        ("rows", "12"),
        ("sha256", None),
        ("sha256", "0" * 63),
        ("sha256", "0" * 65),
        ("sha256", "g" * 64),
        ("sha256", "0" * 63 + "\n"),
        ("sha256", "0" * 64 + "\n"),
        ("sha256", 0),
        ("encoding", None),
        ("encoding", "UTF-8"),
        ("encoding", "utf8"),
        ("encoding", "shift_jis"),
        ("encoding", ["utf-8"]),
        ("comment", "one key more"),
    ],
    ids=repr,
)
def test_read_manifest_finds_unreadable(tmp_path: Path, key: str, value: object) -> None:
    assert refusal_of(tmp_path, RIGHT | {key: value}) == "unreadable_manifest"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"bookings", id="no JSON"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"bookings"', id="a string"),
        pytest.param(b"1", id="a number"),
        pytest.param(b"{}", id="an empty object"),
        pytest.param(BOM * 2 + json.dumps(RIGHT).encode(), id="two BOMs"),
        pytest.param(b" " + BOM + json.dumps(RIGHT).encode(), id="BOM after a space"),
        pytest.param(BOM, id="only a BOM"),
        pytest.param(json.dumps(RIGHT).encode("utf-16"), id="UTF-16"),
        pytest.param(json.dumps(RIGHT).encode() + b"x", id="something after"),
        pytest.param(json.dumps(RIGHT).encode()[:-1], id="cut off"),
        pytest.param(json.dumps(RIGHT).replace("12", "NaN").encode(), id="NaN"),
        pytest.param(json.dumps(RIGHT).replace("12", "Infinity").encode(), id="Infinity"),
        pytest.param(json.dumps(RIGHT).replace("12", "9" * 5000).encode(), id="endless number"),
        pytest.param(json.dumps(RIGHT).replace("12", "1e400").encode(), id="number beyond floats"),
        pytest.param(b'{"rows": 12, ' + json.dumps(RIGHT).encode()[1:], id="a key twice"),
        pytest.param(b'{"a": {"b": 1, "b": 2}, "version": 2}', id="a key twice deep inside"),
        pytest.param(json.dumps(RIGHT).replace("utf-8", "\xff").encode("latin-1"), id="no UTF-8"),
        pytest.param(b"[" * 60_000, id="deeply nested"),
        pytest.param(json.dumps(RIGHT).encode() + b" " * MAX_MANIFEST_BYTES, id="huge"),
    ],
)
def test_read_manifest_finds_unreadable_text(tmp_path: Path, text: bytes) -> None:
    assert refusal_of(tmp_path, text) == "unreadable_manifest"


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(RIGHT | {"version": 2}, id="same keys"),
        pytest.param({"version": 2}, id="no other keys"),
        pytest.param({"version": 0, "anything": [1.5, None]}, id="other keys"),
        pytest.param({"version": -1}, id="negative"),
    ],
)
def test_read_manifest_finds_another_version(tmp_path: Path, manifest: dict[str, Any]) -> None:
    assert refusal_of(tmp_path, manifest) == "unknown_version"


VERSIONS = {"bookings": [1, 2], "memberships": [1]}


@pytest.mark.parametrize(
    ("manifest", "version"),
    [
        pytest.param(RIGHT, 1, id="the first"),
        pytest.param(RIGHT | {"version": 2}, 2, id="the second, of a feed that has it"),
    ],
)
def test_read_manifest_reads_a_version_of_the_feed(
    tmp_path: Path, manifest: dict[str, Any], version: int
) -> None:
    write_manifest(tmp_path / FILE, manifest)

    assert read_manifest(tmp_path / FILE, versions=VERSIONS).version == version


@pytest.mark.parametrize(
    ("manifest", "reason", "sentence"),
    [
        pytest.param(RIGHT | {"version": 3}, "unknown_version", "version 1 or 2", id="the third"),
        pytest.param(RIGHT | {"version": 0}, "unknown_version", "version 1 or 2", id="version 0"),
        pytest.param(
            RIGHT | {"version": 2, "feed": "memberships"},
            "unknown_version",
            "version 1.",
            id="the second of another feed",
        ),
        pytest.param(
            RIGHT | {"version": 2, "feed": "entries"}, "unknown_version", "version 1.", id="no feed"
        ),
        pytest.param({"version": 2}, "unknown_version", "version 1.", id="of no feed"),
        pytest.param(
            {"version": 2, "feed": ["bookings"]}, "unknown_version", "version 1.", id="a list"
        ),
        pytest.param(
            {"version": 2, "feed": "bookings"},
            "unreadable_manifest",
            "version 2",
            id="keys missing",
        ),
        pytest.param(
            RIGHT | {"version": True}, "unreadable_manifest", "names no version", id="no number"
        ),
    ],
)
def test_read_manifest_refuses_a_version_that_the_feed_does_not_have(
    tmp_path: Path, manifest: dict[str, Any], reason: str, sentence: str
) -> None:
    write_manifest(tmp_path / FILE, manifest)

    with pytest.raises(FileRefused, match=sentence) as info:
        read_manifest(tmp_path / FILE, versions=VERSIONS)
    assert info.value.code == reason


def test_read_manifest_finds_none(tmp_path: Path) -> None:
    (tmp_path / "bookings-20250107-001.manifest.json").write_text(json.dumps(RIGHT))

    with pytest.raises(FileRefused, match="There is no bookings-20250107-001") as info:
        read_manifest(tmp_path / FILE)
    assert info.value.code == "no_manifest"


def test_read_manifest_does_not_wait_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"{FILE}.manifest.json")

    with pytest.raises(FileRefused) as info:
        read_manifest(tmp_path / FILE)
    assert info.value.code == "unreadable_manifest"


def test_read_manifest_refuses_a_folder(tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.manifest.json").mkdir()

    with pytest.raises(FileRefused) as info:
        read_manifest(tmp_path / FILE)
    assert info.value.code == "unreadable_manifest"


def test_refusals_do_not_repeat_values_of_a_manifest(tmp_path: Path) -> None:
    write_manifest(tmp_path / FILE, RIGHT | {"encoding": "W0001 \0 secret"})

    with pytest.raises(FileRefused) as info:
        read_manifest(tmp_path / FILE)
    assert "secret" not in str(info.value)


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("bookings-20250107-001.csv", True),
        ("bookings-20250107-001.csv.gz", True),
        ("bookings-20250107-002.csv", False),
        ("bookings-20250108-001.csv", False),
        ("memberships-20250107-001.csv", False),
        ("Bookings-20250107-001.csv", False),
        ("bookings-20250107-1.csv", False),
        ("bookings-20250107-0001.csv", False),
        ("bookings-2025-01-07-001.csv", False),
        ("bookings-20250107-００１.csv", False),
        ("bookings-20250107-001.CSV", False),
        ("bookings-20250107-001.csv.GZ", False),
        ("bookings-20250107-001.txt", False),
        ("bookings-20250107-001.csv\n", False),
        ("x-bookings-20250107-001.csv", False),
        ("bookings.csv", False),
    ],
)
def test_fits_name(tmp_path: Path, name: str, fits: bool) -> None:
    write_manifest(tmp_path / FILE, RIGHT)

    assert read_manifest(tmp_path / FILE).fits_name(name) is fits
