"""Feed files of memberships and entries."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from entries.definitions import ENTRIES, MEMBERSHIPS
from tests.feedfiles import Row, write_feed_file

CODE = "012025121203"


def membership_row(**values: object) -> dict[str, object]:
    """Return a good row of ``memberships``."""
    return {"wester_id": "W1", "status": "active", "changed_at": "2024-12-20T10:00:00Z"} | values


def entry_row(**values: object) -> dict[str, object]:
    """Return a good row of ``entries``."""
    row = {
        "wester_id": "W1",
        "campaign": CODE,
        "entered_at": "2024-12-20T10:00:00+09:00",
        "channel": "app",
    }
    return row | values


def write_memberships(folder: Path, rows: Iterable[Row], **options: Any) -> Path:
    """Write a file of ``memberships``."""
    return write_feed_file(folder, rows, definition=MEMBERSHIPS, **options)


def write_entries(folder: Path, rows: Iterable[Row], **options: Any) -> Path:
    """Write a file of ``entries``."""
    return write_feed_file(folder, rows, definition=ENTRIES, **options)
