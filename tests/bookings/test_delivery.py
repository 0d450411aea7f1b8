import gzip
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings import delivery
from bookings.delivery import FileRefused, PathNotReadable, find_feed_files, read_content, unpack

CONTENT = b"one,two\n" * 1000


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def content_of(path: Path, encoding: str = "utf-8", block_size: int = 1000) -> bytes:
    return b"".join(read_content(path, encoding, block_size=block_size))


def test_find_feed_files_returns_the_feed_files_of_a_folder_by_name(tmp_path: Path) -> None:
    for name in ["b.csv", "a.csv.gz", "c.csv.manifest.json", "d.txt", ".e.csv", "f.CSV", "g.gz"]:
        (tmp_path / name).touch()
    (tmp_path / "deeper.csv").mkdir()
    (tmp_path / "deeper.csv" / "z.csv").touch()

    assert names(find_feed_files([tmp_path])) == ["a.csv.gz", "b.csv"]


def test_find_feed_files_keeps_the_order_of_paths(tmp_path: Path) -> None:
    for name in ["a.csv", "b.csv", "notes.txt"]:
        (tmp_path / name).touch()

    paths = [tmp_path / "notes.txt", tmp_path]

    assert names(find_feed_files(paths)) == ["notes.txt", "a.csv", "b.csv"]


def test_find_feed_files_refuses_a_path_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()

    with pytest.raises(PathNotReadable, match=r"b\.csv cannot be read"):
        find_feed_files([tmp_path, tmp_path / "b.csv"])


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
@pytest.mark.parametrize("block_size", [1, 7, 1 << 20])
def test_read_content_unpacks_and_digests(tmp_path: Path, name: str, block_size: int) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(CONTENT) if name.endswith("gz") else CONTENT)
    digest = hashlib.sha256()

    blocks = list(read_content(path, "utf-8", digest=digest, block_size=block_size))

    assert b"".join(blocks) == CONTENT
    assert all(0 < len(block) <= block_size + 2 for block in blocks)  # 2: before a BOM is ruled out
    assert digest.digest() == hashlib.sha256(path.read_bytes()).digest()


@pytest.mark.parametrize(
    ("begin", "encoding", "expected"),
    [
        (b"", "utf-8", b""),
        (delivery.BOM, "utf-8", b""),
        (delivery.BOM[:2], "utf-8", delivery.BOM[:2]),
        (delivery.BOM + b"a", "utf-8", b"a"),
        (delivery.BOM * 2 + b"a", "utf-8", delivery.BOM + b"a"),
        (b"a" + delivery.BOM, "utf-8", b"a" + delivery.BOM),
        (delivery.BOM + b"a", "cp932", delivery.BOM + b"a"),
    ],
)
@pytest.mark.parametrize("block_size", [1, 2, 3, 4, 100])
def test_read_content_leaves_out_the_bom_at_the_beginning_of_utf8(
    tmp_path: Path, begin: bytes, encoding: str, expected: bytes, block_size: int
) -> None:
    (tmp_path / "a.csv").write_bytes(begin)

    assert content_of(tmp_path / "a.csv", encoding, block_size) == expected


@given(
    parts=st.lists(st.binary(max_size=300), min_size=1, max_size=4),
    packed_size=st.integers(1, 50),
    block_size=st.integers(1, 50),
)
def test_unpack_takes_any_number_of_members(
    parts: list[bytes], packed_size: int, block_size: int
) -> None:
    packed = b"".join(map(gzip.compress, parts))
    blocks = [packed[at : at + packed_size] for at in range(0, len(packed), packed_size)]

    assert b"".join(unpack(blocks, block_size)) == b"".join(parts)


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(CONTENT, id="not packed"),
        pytest.param(gzip.compress(CONTENT)[:-1], id="last byte missing"),
        pytest.param(gzip.compress(CONTENT)[:-8], id="trailer missing"),
        pytest.param(gzip.compress(CONTENT)[:-20], id="cut in the data"),
        pytest.param(gzip.compress(CONTENT)[:5], id="cut in the header"),
        pytest.param(gzip.compress(CONTENT) + b"x", id="one byte after"),
        pytest.param(gzip.compress(CONTENT) + b"\0" * 512, id="zeros after"),
        pytest.param(gzip.compress(CONTENT) + CONTENT, id="plain text after"),
        pytest.param(gzip.compress(CONTENT) + gzip.compress(CONTENT)[:9], id="second member cut"),
        pytest.param(gzip.compress(CONTENT)[:-8] + b"\0" * 8, id="checksum inside differs"),
        pytest.param(gzip.compress(CONTENT)[:-4] + b"\1\0\0\0", id="length inside differs"),
        pytest.param(b"PK\3\4" + gzip.compress(CONTENT), id="another packing"),
    ],
)
def test_read_content_refuses_gzip_that_is_not_whole(tmp_path: Path, packed: bytes) -> None:
    (tmp_path / "a.csv.gz").write_bytes(packed)

    with pytest.raises(FileRefused) as info:
        content_of(tmp_path / "a.csv.gz")
    assert info.value.code == "truncated_gzip"


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_read_content_stops_past_the_largest_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).write_bytes(gzip.compress(CONTENT) if name.endswith("gz") else CONTENT)
    assert delivery.MAX_CONTENT_BYTES == 4 * 1024**3

    monkeypatch.setattr(delivery, "MAX_CONTENT_BYTES", len(CONTENT))
    assert content_of(tmp_path / name) == CONTENT

    monkeypatch.setattr(delivery, "MAX_CONTENT_BYTES", len(CONTENT) - 1)
    with pytest.raises(FileRefused) as info:
        content_of(tmp_path / name)
    assert info.value.code == "too_large"


def test_read_content_refuses_what_is_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")

    for path in (tmp_path / "pipe.csv", tmp_path, tmp_path / "nothing.csv"):
        with pytest.raises(FileRefused) as info:
            content_of(path)
        assert info.value.code == "unreadable_file"
        assert str(tmp_path) not in str(info.value)
