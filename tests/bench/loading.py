"""How fast feed files are loaded, against what the database needs for the bare rows."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from bookings.booking_feed import BOOKING_FEED
from bookings.definitions import BOOKINGS
from bookings.feeds import index_feeds
from bookings.loading import load_file
from bookings.models import Booking
from tests.bench.histories import write_histories
from tests.bench.registry import ROUNDS, Result, benchmark, compare, timed
from tests.database import OF_TRUNCATE, as_owner, as_superuser, switch_off, switch_on

FEEDS = index_feeds(BOOKING_FEED)
NOW = datetime(2025, 1, 8, tzinfo=UTC)
MILLION = 1_000_000
BLOCK = 1 << 20
# Every column of a booking but its key, which is the first, and of an event, as lists of SQL.
BOOKING = ", ".join(str(field.column) for field in Booking._meta.concrete_fields[1:])
EVENT = ", ".join(BOOKINGS.header)


@benchmark
def load_events(scale: float) -> list[Result]:
    """Load a million events into tables of two million, and the same file again.

    The baseline has copies of both tables, as full and with every key, index and check: it copies
    the file into the one and inserts the file's bookings, folded before, into the other.
    """
    rows = int(MILLION * scale)
    first: list[tuple[float, float]] = []
    again: list[tuple[float, float]] = []
    with empty_tables(), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        load(write_histories(folder, rows=2 * rows, sequence=1))
        copy_tables()
        for sequence in range(2, 2 + ROUNDS):
            path = write_histories(folder, rows=rows, sequence=sequence)
            subject, repeated = time_load(path)
            keep_fold()
            first.append((subject, time_baseline(path)))
            again.append((repeated, subject))
            path.unlink()
    return [
        compare("load_events", first, baseline="COPY events, INSERT bookings", asked=2.5),
        compare("load_again", again, baseline="loading it first", asked=0.1),
    ]


@benchmark
def load_flat(scale: float) -> list[Result]:
    """Load ten million events and one million: the seconds are those of a million each."""
    rows = int(MILLION * scale)
    seconds = []
    for millions in (1, 10):
        with empty_tables(), tempfile.TemporaryDirectory() as name:
            path = write_histories(Path(name), rows=millions * rows, sequence=1)
            seconds.append(timed(lambda path=path: load(path)) / millions)  # type: ignore[misc]
    one, ten = seconds
    return [Result("load_flat", ten, "a file of a tenth of the rows", one, 1.25)]


def load(path: Path) -> None:
    """Load a file, and make sure that all of it was applied."""
    outcome = load_file(path=path, feeds=FEEDS, loaded_at=NOW)
    if outcome.applied != outcome.rows:
        raise AssertionError(outcome)


def time_load(path: Path) -> tuple[float, float]:
    """Return the seconds of loading a file, and of loading it again."""
    settle()
    first = timed(lambda: load(path))
    return first, timed(lambda: load_file(path=path, feeds=FEEDS, loaded_at=NOW))


def time_baseline(path: Path) -> float:
    """Return the seconds of a raw COPY of the file and a bare INSERT of its bookings."""
    settle()
    return timed(lambda: copy_file(path)) + timed(insert_fold)


def copy_file(path: Path) -> None:
    """Copy a feed file into the copy of the events' table."""
    into = f"COPY events_copy ({EVENT}) FROM STDIN WITH (FORMAT csv, HEADER)"
    with connection.cursor() as cursor, cursor.copy(into) as copy, path.open("rb") as file:
        while block := file.read(BLOCK):
            copy.write(block)


def insert_fold() -> None:
    """Insert the folded bookings into the copy of their table."""
    execute(f"INSERT INTO bookings_copy ({BOOKING}) SELECT {BOOKING} FROM fold")


def keep_fold() -> None:
    """Put aside the bookings that the last load made."""
    execute(
        "DROP TABLE IF EXISTS fold",
        f"CREATE UNLOGGED TABLE fold AS SELECT {BOOKING} FROM bookings_booking"
        " WHERE id > (SELECT max(id) FROM bookings_copy)",
    )


def copy_tables() -> None:
    """Make copies of both tables, as full, with the same keys, indexes and checks."""
    execute(
        "CREATE TABLE events_copy (LIKE bookings_bookingevent INCLUDING ALL)",
        "INSERT INTO events_copy SELECT * FROM bookings_bookingevent",
        "CREATE TABLE bookings_copy (LIKE bookings_booking INCLUDING ALL)",
        "INSERT INTO bookings_copy SELECT * FROM bookings_booking",
        "SELECT setval(pg_get_serial_sequence('bookings_copy', 'id'), max(id)) FROM bookings_copy",
        "ALTER TABLE bookings_copy SET (fillfactor = 85)",
        "VACUUM ANALYZE events_copy, bookings_copy, bookings_bookingevent, bookings_booking",
    )


@contextmanager
def empty_tables() -> Iterator[None]:
    """Provide empty tables, and empty them again."""
    clear()
    yield
    clear()


def clear() -> None:
    """Empty what a load writes; the triggers that forbid it are asleep meanwhile."""
    execute(
        "DROP TABLE IF EXISTS events_copy, bookings_copy, fold",
        switch_off(OF_TRUNCATE),
        "TRUNCATE bookings_bookingevent, bookings_booking, bookings_membermark,"
        " bookings_quarantinedrow, bookings_feedfile CASCADE",
        switch_on(OF_TRUNCATE),
    )


def settle() -> None:
    """Begin each measurement with nothing left to write."""
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")


def execute(*statements: str) -> None:
    """Execute statements as the owner, each for itself."""
    with as_owner(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
