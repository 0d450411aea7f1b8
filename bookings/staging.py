"""Fill the temporary tables of a load: staged rows and rejected rows.

No row of a file reaches a permanent table before the file has been read to its end, so a file that
is refused for its last row costs only the temporary tables.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from bookings.chunks import BadRow, Chunk
from bookings.definitions import FeedDefinition
from bookings.feeds import Feed

# The sorts and hashes of a load are few and large. Its tables are in memory or on disks without
# seek times, and compiling a statement that runs once costs more than it saves.
SETTINGS = """
SET LOCAL work_mem = '64MB'; SET LOCAL random_page_cost = 1.1; SET LOCAL jit = off"""
CREATE_REJECTED = """
CREATE TEMPORARY TABLE rejected (
    record bigint PRIMARY KEY, reason varchar(40) NOT NULL, content bytea
) ON COMMIT DROP"""
CREATE_DELIVERED = """
CREATE TEMPORARY TABLE delivered (record bigint NOT NULL, content bytea NOT NULL) ON COMMIT DROP"""
COPY_STAGED = sql.SQL("COPY staged ({columns}) FROM STDIN")
COPY_REJECTED = "COPY rejected (record, reason, content) FROM STDIN"
MAX_BAD_ROWS = 1_000  # in memory at a time, of up to 8 KiB each


@contextmanager
def create_staging_tables(feed: Feed) -> Iterator[CursorWrapper]:
    """Provide the tables ``staged`` (with the feed's columns), ``rejected`` and ``delivered``.

    ``delivered`` is for the text of rows that came to ``rejected`` without it. The tables are
    dropped at the end, so that one transaction may load several files.
    """
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute(feed.create_staged)
        cursor.execute(CREATE_REJECTED)
        cursor.execute(CREATE_DELIVERED)
        yield cursor
        cursor.execute("DROP TABLE staged, rejected, delivered")


def copy_chunks(cursor: CursorWrapper, definition: FeedDefinition, chunks: Iterable[Chunk]) -> int:
    """Copy the chunks' rows to ``staged`` and ``rejected``; return how many are staged.

    The server stores rows while the next ones are read. Columns that the definition's version does
    not have stay null.
    """
    columns = map(sql.Identifier, ("record", *definition.copy_columns))
    copy_staged = COPY_STAGED.format(columns=sql.SQL(", ").join(columns))
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
                if len(bad) >= MAX_BAD_ROWS:
                    is_over = False
                    break
        copy_bad_rows(cursor, bad)
    return staged


def copy_bad_rows(cursor: CursorWrapper, rows: Iterable[BadRow]) -> None:
    """Copy rows that are bad by themselves to ``rejected``."""
    with connection.wrap_database_errors, cursor.copy(COPY_REJECTED) as copy:
        for row in rows:
            copy.write_row((row.record, row.reason, row.content))
