"""Hostile sizes, each read by a process of its own whose memory is looked at."""

import gzip
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from bookings.definitions import BOOKINGS
from tests.feedfiles import csv_bytes

pytestmark = pytest.mark.slow

HEADER = csv_bytes(BOOKINGS, [])
READ = """
import re, sys
from collections import Counter
from pathlib import Path
from bookings.definitions import BOOKINGS
from bookings.delivery import FileRefused
from bookings.reading import open_feed_file
reasons = Counter()
try:
    for chunk in open_feed_file(Path(sys.argv[1]), {"bookings": BOOKINGS}).chunks():
        reasons.update(bad.reason for bad in chunk.bad)
        reasons["accepted"] += chunk.count
except FileRefused as refusal:
    reasons = {refusal.code: 1}
print(dict(reasons))
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""
MEBIBYTE = 1 << 20
MOST_MEMORY = 120 * 1024  # KiB; the whole loading process may have 300 MiB


def members(*parts: tuple[bytes, int]) -> Iterable[bytes]:
    """Yield a gzip of many members that unpacks to each part so many times."""
    for part, times in parts:
        many = min(times, MEBIBYTE)
        yield from [gzip.compress(part * many, mtime=0)] * (times // many)


def outcome_of(folder: Path, parts: Iterable[bytes], rows: int) -> str:
    path = folder / "bookings-20250107-001.csv.gz"
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for part in parts:
            digest.update(part)
            file.write(part)
    manifest = {
        "feed": "bookings",
        "version": 1,
        "business_date": "2025-01-07",
        "sequence": 1,
        "rows": rows,
        "sha256": digest.hexdigest(),
        "encoding": "utf-8",
    }
    path.with_name(f"{path.name}.manifest.json").write_text(json.dumps(manifest))
    command = [sys.executable, "-c", READ, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    outcome, memory = done.stdout.splitlines()
    assert int(memory) < MOST_MEMORY
    return outcome


@pytest.mark.parametrize(
    ("parts", "rows", "expected"),
    [
        pytest.param(
            [(HEADER, 1), (b"x", 600 * MEBIBYTE)],
            1,
            {"line_too_long": 1, "accepted": 0},
            id="a line of 600 MiB",
        ),
        pytest.param(
            [(HEADER, 1), (b'"', 1), (b"x\n", 300 * MEBIBYTE), (b'\0"', 1)],
            1,
            {"nul_byte": 1, "accepted": 0},
            id="a quoted field of 600 MiB in many lines, NUL at its end",
        ),
        pytest.param(
            [(HEADER, 1), (b'"', 1), (b"x\n", 300 * MEBIBYTE)],
            1,
            {"malformed_quoting": 1},
            id="an open quote before 600 MiB",
        ),
        pytest.param(
            [(HEADER, 1), (b'"', 100 * MEBIBYTE)],
            1,
            {"line_too_long": 1, "accepted": 0},
            id="100 MiB of quotes",
        ),
        pytest.param(
            [(HEADER, 1), (b",", 100 * MEBIBYTE)],
            1,
            {"line_too_long": 1, "accepted": 0},
            id="100 MiB of commas",
        ),
        pytest.param(
            [(HEADER, 1), (b"\n", 20 * MEBIBYTE)],
            20 * MEBIBYTE,
            {"too_many_bad_rows": 1},
            id="20 million blank lines",
        ),
        pytest.param(
            [(HEADER, 1), (b"x", 4096 * MEBIBYTE)],
            1,
            {"too_large": 1},
            id="4 GiB and a header",
        ),
    ],
)
def test_memory_stays_small(
    tmp_path: Path, parts: list[tuple[bytes, int]], rows: int, expected: dict[str, int]
) -> None:
    assert outcome_of(tmp_path, members(*parts), rows) == str(expected)
