"""The temporary tables that a load works in: its rows, and those of them that are not applied.

Nothing of a file touches a real table before the file has been read to its end, so that a file
refused for its last row costs no more than the temporary tables.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper

from bookings.chunks import BadRow, Chunk
from bookings.feeds import Feed

# The sorts and hashes of a load are few and large. The tables that it meets are cached or on
# disks that seek for nothing, and compiling a statement that runs once does not pay.
SETTINGS = """
SET LOCAL work_mem = '64MB'; SET LOCAL random_page_cost = 1.1; SET LOCAL jit = off"""
CREATE_REJECTED = """
CREATE TEMPORARY TABLE rejected (
    record bigint PRIMARY KEY, reason varchar(40) NOT NULL, content bytea
) ON COMMIT DROP"""
CREATE_DELIVERED = """
CREATE TEMPORARY TABLE delivered (record bigint NOT NULL, content bytea NOT NULL) ON COMMIT DROP"""
COPY_REJECTED = "COPY rejected (record, reason, content) FROM STDIN"
MOST_BAD_ROWS = 1_000  # kept in memory, of up to 8 KiB each


@contextmanager
def staging(feed: Feed) -> Iterator[CursorWrapper]:
    """Provide the tables ``staged`` (with the feed's columns), ``rejected`` and ``delivered``.

    The last is for the text of rows that came to ``rejected`` without it. They are gone with the
    caller's transaction at the latest; it may load several files.
    """
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute(feed.create_staged)
        cursor.execute(CREATE_REJECTED)
        cursor.execute(CREATE_DELIVERED)
        yield cursor
        cursor.execute("DROP TABLE staged, rejected, delivered")


def stage(cursor: CursorWrapper, feed: Feed, chunks: Iterable[Chunk]) -> int:
    """Copy the chunks' rows to ``staged`` and ``rejected``; return how many are staged.

    The server takes up rows while the next are being read.
    """
    columns = ", ".join(feed.definition.copy_columns)
    copy_staged = f"COPY staged (record, {columns}) FROM STDIN"
    remaining = iter(chunks)
    staged, is_over = 0, False
    while not is_over:
        bad: list[BadRow] = []
        is_over = True
        with connection.wrap_database_errors, cursor.copy(copy_staged) as copy:
            for chunk in remaining:
                copy.write(chunk.rows)
                staged += chunk.count
                bad += chunk.bad
                if len(bad) >= MOST_BAD_ROWS:
                    is_over = False
                    break
        copy_rejected(cursor, bad)
    return staged


def copy_rejected(cursor: CursorWrapper, rows: Iterable[BadRow]) -> None:
    """Write rows that are bad by themselves to ``rejected``."""
    with connection.wrap_database_errors, cursor.copy(COPY_REJECTED) as copy:
        for row in rows:
            copy.write_row((row.record, row.reason, row.content))


REJECT = """
WITH gone AS (DELETE FROM staged USING {found} RETURNING staged.record, {reason} AS reason)
INSERT INTO rejected (record, reason) SELECT record, reason FROM gone"""


def reject(cursor: CursorWrapper, *, found: str, reason: str) -> int:
    """Move the rows that ``DELETE FROM staged USING found`` finds to ``rejected``.

    ``reason`` is an SQL expression. Return how many there were.
    """
    cursor.execute(REJECT.format(found=found, reason=reason))
    return int(cursor.rowcount)
