"""A file is written whole or not at all, and nothing else is left in its folder."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.atomic_files import PRIVATE, PUBLIC, draft_name, write_atomically
from tests.outside import ROOT
from tests.resources import full_disk

KILLED = """
import os, signal, sys
from pathlib import Path
from core.atomic_files import write_atomically

def blocks():
    yield b"W0001" * 100_000
    os.kill(os.getpid(), signal.SIGKILL)

write_atomically(Path(sys.argv[1]), blocks(), mode=0o600)
"""


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("mode", [PUBLIC, PRIVATE])
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_a_file_has_its_content_and_mode_whatever_was_there(
    tmp_path: Path, mode: int, umask: int
) -> None:
    path = tmp_path / "credits.csv"
    before = os.umask(umask)
    try:
        write_atomically(path, [b"one\n", b"two\n"], mode=mode)
        path.chmod(0o666)
        write_atomically(path, [b"three\n"], mode=mode)
    finally:
        os.umask(before)

    assert (path.read_bytes(), mode_of(path)) == (b"three\n", mode)
    assert list(tmp_path.iterdir()) == [path]


def test_readers_see_the_former_file_until_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "credits.csv"
    path.write_bytes(b"former")
    seen = []

    def blocks() -> Iterator[bytes]:
        yield b"new " * 100_000
        seen.append(path.read_bytes())
        yield b"end"

    write_atomically(path, blocks(), mode=PUBLIC)

    assert seen == [b"former"]
    assert path.read_bytes() == b"new " * 100_000 + b"end"


@pytest.mark.parametrize("size", [101, 1_000_000], ids=["at the end", "on the way"])
@pytest.mark.parametrize("former", [None, b"former"], ids=["a new file", "one that was there"])
def test_a_full_disk_leaves_what_was_there_and_no_draft(
    tmp_path: Path, size: int, former: bytes | None
) -> None:
    path = tmp_path / "credits.csv"
    if former is not None:
        path.write_bytes(former)

    with full_disk(100), pytest.raises(OSError, match="File too large"):
        write_atomically(path, [b"x" * size], mode=PRIVATE)

    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == (
        {} if former is None else {"credits.csv": former}
    )
    with full_disk(100):
        write_atomically(path, [b"x" * 100], mode=PRIVATE)
    assert path.read_bytes() == b"x" * 100


def test_content_that_breaks_off_leaves_what_was_there_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "credits.csv"

    def blocks() -> Iterator[bytes]:
        yield b"W0001"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, blocks(), mode=PRIVATE)

    assert list(tmp_path.iterdir()) == []


def test_a_draft_that_cannot_be_renamed_is_removed(tmp_path: Path) -> None:
    (tmp_path / "credits.csv").mkdir()

    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path / "credits.csv", [b"W0001"], mode=PRIVATE)

    assert [path.name for path in tmp_path.iterdir()] == ["credits.csv"]


def test_the_draft_of_a_killed_process_is_private_and_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "credits.csv"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, cwd=ROOT)
    (draft,) = tmp_path.iterdir()

    assert (killed.returncode, draft.name, mode_of(draft)) == (-9, ".credits.csv.part", PRIVATE)
    assert draft.stat().st_size > 0

    draft.chmod(0o666)
    write_atomically(path, [b"short"], mode=PRIVATE)

    assert (path.read_bytes(), mode_of(path)) == (b"short", PRIVATE)
    assert list(tmp_path.iterdir()) == [path]


def test_two_writers_of_one_file_come_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "credits.csv"
    other = threading.Thread(
        target=write_atomically, args=(path, [b"second"]), kwargs={"mode": PRIVATE}
    )

    def blocks() -> Iterator[bytes]:
        yield b"first "
        other.start()
        yield b"and whole"

    write_atomically(path, blocks(), mode=PRIVATE)
    other.join()

    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_that_waited_for_the_lock_does_not_write_into_the_finished_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "credits.csv"
    lock = []

    def finish_meanwhile(file: object, _operation: int) -> None:
        lock.append(file)
        if len(lock) == 1:  # the draft that this file is by now is in its place, and complete
            (tmp_path / draft_name(path.name)).write_bytes(b"theirs")
            (tmp_path / draft_name(path.name)).rename(tmp_path / "theirs.csv")

    monkeypatch.setattr("fcntl.flock", finish_meanwhile)
    write_atomically(path, [b"ours"], mode=PRIVATE)

    assert (tmp_path / "theirs.csv").read_bytes() == b"theirs"
    assert path.read_bytes() == b"ours"
    assert len(lock) == 2


@pytest.mark.parametrize("there", [True, False])
def test_a_file_that_is_not_to_be_replaced_stays(tmp_path: Path, there: bool) -> None:
    path = tmp_path / "secret"
    if there:
        path.write_bytes(b"theirs")

    write_atomically(path, [b"ours"], mode=PRIVATE, replace=False)

    assert path.read_bytes() == (b"theirs" if there else b"ours")
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_in_place_of_the_draft_is_not_written_through(tmp_path: Path) -> None:
    aim = tmp_path / "aim"
    aim.write_bytes(b"of somebody else")
    (tmp_path / draft_name("credits.csv")).symlink_to(aim)

    with pytest.raises(OSError, match="symbolic links"):
        write_atomically(tmp_path / "credits.csv", [b"W0001"], mode=PRIVATE)

    assert aim.read_bytes() == b"of somebody else"
