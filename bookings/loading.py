"""Load feed files: one file, one transaction.

Source: docs/specs/feeds.md 1.5, 1.7, 1.8, 1.9; docs/specs/consistency.md 1.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from bookings.chunks import Chunk
from bookings.delivery import FileRefused, read_delivered
from bookings.erased import leave_out_erased
from bookings.feeds import Feed, Feeds, definitions_of
from bookings.manifests import feed_of_name
from bookings.models import FeedFile
from bookings.reading import FeedFileReader, open_feed_file, read_records
from bookings.staging import copy_chunks, create_staging_tables
from core.locks import Lock, acquire
from core.printable import printable, stored_name
from core.sql_files import read_sql

ALREADY_LOADED = "already_loaded"
MAX_FEED_LENGTH = 40  # characters stored of a refused file's feed, which may have any name
RECORD_BATCH_SIZE = 200_000  # looked for in one pass through the file

OnProgress = Callable[[int, int], None]


def ignore_progress(done: int, rows: int) -> None:
    """Do nothing, for callers that show no progress."""


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file; of a file that changed nothing all counts are 0."""

    name: str
    feed: str
    status: str  # of FeedFile.Status, or ALREADY_LOADED
    reason: str = ""
    detail: str = ""
    rows: int = 0
    applied: int = 0
    duplicates: int = 0
    quarantined: int = 0


def load_file(
    *,
    path: Path,
    feeds: Feeds,
    loaded_at: datetime,
    on_progress: OnProgress = ignore_progress,
    follow_links: bool = False,
) -> FileOutcome:
    """Load one feed file, whole or not at all.

    A refusal is stored, and returned as an outcome.

    Args: ``on_progress`` is called with the number of rows read and the number of all rows.
    ``follow_links`` is set only where a person named the path; other links are refused.
    """
    try:
        reader = open_feed_file(path, definitions_of(feeds), follow_links=follow_links)
        feed = feeds[reader.definition.name]
        if is_done(reader, feed):
            return already_loaded(reader)
        with transaction.atomic():
            return load_content(reader, feed, loaded_at, on_progress)
    except FileRefused as refusal:
        return save_refusal(path, refusal, loaded_at, follow_links=follow_links)


def find_loaded(sha256: str) -> FeedFile | None:
    """Return the loaded file of this content, whatever its name."""
    return FeedFile.objects.filter(sha256=sha256, status=FeedFile.Status.LOADED).first()


def is_done(reader: FeedFileReader, feed: Feed) -> bool:
    """Return whether a file of this content is loaded and is not applied again."""
    known = find_loaded(reader.sha256)
    return known is not None and not feed.applies_again(known)


def already_loaded(reader: FeedFileReader) -> FileOutcome:
    """Return the outcome of a file whose content is loaded."""
    return FileOutcome(reader.name, reader.definition.name, ALREADY_LOADED)


def load_content(
    reader: FeedFileReader, feed: Feed, loaded_at: datetime, on_progress: OnProgress
) -> FileOutcome:
    """Load a file in the caller's transaction.

    Raises:
        FileRefused: for any reason after the checksum; the caller rolls the transaction back.
    """
    acquire(Lock.LOADS, shared=True)
    acquire(Lock.FEED, feed.lock)
    if is_done(reader, feed):  # by a session that had the lock before us
        return already_loaded(reader)
    with create_staging_tables(feed) as cursor:
        staged = copy_chunks(cursor, reader.definition, report_progress(reader, on_progress))
        check_total_points(cursor, reader, staged)
        leave_out_erased(cursor, feed)
        applied = feed.apply(cursor)
        copy_rejected_texts(cursor, reader)
        outcome = count_outcome(cursor, reader, applied)
        if find_loaded(reader.sha256) is None:
            save_loaded_file(cursor, reader, outcome, loaded_at)
    return outcome


def check_total_points(cursor: CursorWrapper, reader: FeedFileReader, staged: int) -> None:
    """Check the staged points against the manifest's total; the points of bad rows are unknown.

    Raises:
        FileRefused: ``total_points_differs``.
    """
    totals, expected = reader.definition.totals, reader.manifest.total_points
    if expected is None or not totals:
        return
    sums = (sql.SQL("COALESCE(sum({total}), 0)").format(total=sql.SQL(total)) for total in totals)
    statement = sql.SQL("SELECT {sums} FROM staged").format(sums=sql.SQL(", ").join(sums))
    cursor.execute(statement.as_string())
    found = cursor.fetchone()
    if expected not in found and (staged == reader.rows or min(found) > expected):
        raise FileRefused("total_points_differs", "The points are not those of the manifest.")


def report_progress(reader: FeedFileReader, on_progress: OnProgress) -> Iterator[Chunk]:
    """Yield the file's chunks, and report after each how many rows are done."""
    done = 0
    for chunk in reader.chunks():
        yield chunk
        done += chunk.count + len(chunk.bad)
        on_progress(done, reader.rows)


# The rows that stored data rejects; those bad by themselves came with their text.
MISSING_TEXTS = """
SELECT record FROM rejected WHERE content IS NULL AND record > %s ORDER BY record LIMIT %s"""
COPY_TEXTS = "COPY delivered (record, content) FROM STDIN"


def copy_rejected_texts(cursor: CursorWrapper, reader: FeedFileReader) -> None:
    """Copy the text of the rows that stored data rejects from the file to ``delivered``.

    Raises:
        FileRefused: ``checksum_differs``: the file does not have these rows any more.
    """
    last = 0
    while missing := find_missing_texts(cursor, after=last):
        last, found = missing[-1], 0
        texts = read_records(reader, missing)
        with connection.wrap_database_errors, cursor.copy(COPY_TEXTS) as copy:
            for row in texts:
                copy.write_row(row)
                found += 1
        if found < len(missing):
            raise FileRefused("checksum_differs", "The file was changed while it was loaded.")


def find_missing_texts(cursor: CursorWrapper, *, after: int) -> list[int]:
    """Return the record numbers of the next rejected rows without text."""
    cursor.execute(MISSING_TEXTS, [after, RECORD_BATCH_SIZE])
    return [record for (record,) in cursor.fetchall()]


def count_outcome(cursor: CursorWrapper, reader: FeedFileReader, applied: int) -> FileOutcome:
    """Return the outcome of a load: rows neither applied nor rejected are duplicates."""
    cursor.execute("SELECT count(*) FROM rejected")
    (quarantined,) = cursor.fetchone()
    return FileOutcome(
        name=reader.name,
        feed=reader.definition.name,
        status=FeedFile.Status.LOADED,
        rows=reader.rows,
        applied=applied,
        duplicates=reader.rows - applied - quarantined,
        quarantined=quarantined,
    )


def save_loaded_file(
    cursor: CursorWrapper, reader: FeedFileReader, outcome: FileOutcome, loaded_at: datetime
) -> None:
    """Save what became of a loaded file, and quarantine its rejected rows."""
    file = FeedFile.objects.create(
        name=outcome.name,
        feed=outcome.feed,
        sha256=reader.sha256,
        status=outcome.status,
        encoding=reader.manifest.encoding,
        version=reader.manifest.version,
        rows=outcome.rows,
        applied=outcome.applied,
        duplicates=outcome.duplicates,
        quarantined=outcome.quarantined,
        tried_at=loaded_at,
    )
    cursor.execute(read_sql("bookings", "quarantine_rejected_rows"), {"file": file.pk})


def save_refusal(
    path: Path, refusal: FileRefused, tried_at: datetime, *, follow_links: bool
) -> FileOutcome:
    """Save why a file is refused: once for its name and content, the latest reason."""
    outcome = FileOutcome(
        name=stored_name(path.name),
        feed=printable(feed_of_name(path.name) or "")[:MAX_FEED_LENGTH],
        status=FeedFile.Status.REFUSED,
        reason=refusal.code,
        detail=str(refusal),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("bookings", "save_refusal"),
            {
                "name": outcome.name,
                "feed": outcome.feed,
                "sha256": delivered_sha256(path, follow_links=follow_links),
                "reason": outcome.reason,
                "detail": outcome.detail,
                "tried_at": tried_at,
            },
        )
    return outcome


def delivered_sha256(path: Path, *, follow_links: bool = False) -> str:
    """Return a file's checksum as delivered; empty where it cannot be read."""
    digest = hashlib.sha256()
    try:
        for block in read_delivered(path, follow_links=follow_links):
            digest.update(block)
    except FileRefused:
        return ""
    return digest.hexdigest()
