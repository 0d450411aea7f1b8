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

from bookings.delivery import FileRefused, read_delivered
from bookings.feeds import Feed, Feeds, definitions_of
from bookings.manifests import feed_of_name
from bookings.models import FeedFile
from bookings.reading import Chunk, FeedFileReader, open_feed_file, read_records
from bookings.staging import stage, staging
from core.locks import Lock, take
from core.printable import printable, stored_name

ALREADY_LOADED = "already_loaded"
LONGEST_FEED = 40  # of a refused file, which may be called anything
RECORDS_AT_ONCE = 200_000  # looked for in one pass through the file

Watch = Callable[[int, int], None]


def watch_nothing(done: int, rows: int) -> None:
    """Take no notice of how far the reading is."""


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file; of one that changed nothing all counts are 0."""

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
    watch: Watch = watch_nothing,
    follow_links: bool = False,
) -> FileOutcome:
    """Load one feed file, whole or not at all; a refusal is kept, and returned like an outcome.

    ``watch`` is told how many rows have been read, and of how many. A link is refused unless it
    was a person who named it.
    """
    try:
        reader = open_feed_file(path, definitions_of(feeds), follow_links=follow_links)
        if is_loaded(reader.sha256):
            return already_loaded(reader)
        with transaction.atomic():
            return load_content(reader, feeds[reader.definition.name], loaded_at, watch)
    except FileRefused as refusal:
        return keep_refusal(path, refusal, loaded_at, follow_links=follow_links)


def is_loaded(sha256: str) -> bool:
    """Say whether a file of this content has been loaded, whatever its name."""
    return FeedFile.objects.filter(sha256=sha256, status=FeedFile.Status.LOADED).exists()


def already_loaded(reader: FeedFileReader) -> FileOutcome:
    """Return the outcome of a file whose content is loaded."""
    return FileOutcome(reader.name, reader.definition.name, ALREADY_LOADED)


def load_content(
    reader: FeedFileReader, feed: Feed, loaded_at: datetime, watch: Watch
) -> FileOutcome:
    """Load a file in the caller's transaction.

    Raises:
        FileRefused: for any reason after the checksum; the transaction is to be rolled back.
    """
    take(Lock.LOADS, shared=True)
    take(Lock.FEED, feed.lock)
    if is_loaded(reader.sha256):  # by somebody who held the lock before us
        return already_loaded(reader)
    with staging(feed) as cursor:
        staged = stage(cursor, feed, watched(reader, watch))
        refuse_other_total(cursor, reader, staged)
        applied = feed.apply(cursor)
        keep_texts(cursor, reader)
        outcome = counted(cursor, reader, applied)
        keep_file(cursor, reader, outcome, loaded_at)
    return outcome


def refuse_other_total(cursor: CursorWrapper, reader: FeedFileReader, staged: int) -> None:
    """Refuse a file whose points are not those of its manifest; a bad row's are not known.

    Raises:
        FileRefused: ``total_points_differs``.
    """
    totals, expected = reader.definition.totals, reader.manifest.total_points
    if expected is None or not totals:
        return
    sums = ", ".join(f"COALESCE(sum({total}), 0)" for total in totals)
    cursor.execute(f"SELECT {sums} FROM staged")
    found = cursor.fetchone()
    if expected not in found and (staged == reader.rows or min(found) > expected):
        raise FileRefused("total_points_differs", "The points are not those of the manifest.")


def watched(reader: FeedFileReader, watch: Watch) -> Iterator[Chunk]:
    """Yield the file's chunks and tell how far we are."""
    done = 0
    for chunk in reader.chunks():
        yield chunk
        done += chunk.count + len(chunk.bad)
        watch(done, reader.rows)


# The rows that our data reject; those bad by themselves came with their text.
TEXTS_MISSING = """
SELECT record FROM rejected WHERE content IS NULL AND record > %s ORDER BY record LIMIT %s"""
COPY_TEXTS = "COPY delivered (record, content) FROM STDIN"


def keep_texts(cursor: CursorWrapper, reader: FeedFileReader) -> None:
    """Write to ``delivered`` the text of the rows that our data reject, from the file.

    Raises:
        FileRefused: ``checksum_differs``: the file does not have them any more.
    """
    last = 0
    while missing := records_after(cursor, last):
        last, found = missing[-1], 0
        texts = read_records(reader, missing)
        with connection.wrap_database_errors, cursor.copy(COPY_TEXTS) as copy:
            for row in texts:
                copy.write_row(row)
                found += 1
        if found < len(missing):
            raise FileRefused("checksum_differs", "The file was changed while it was loaded.")


def records_after(cursor: CursorWrapper, last: int) -> list[int]:
    """Return the numbers of the next rows whose text is missing."""
    cursor.execute(TEXTS_MISSING, [last, RECORDS_AT_ONCE])
    return [record for (record,) in cursor.fetchall()]


def counted(cursor: CursorWrapper, reader: FeedFileReader, applied: int) -> FileOutcome:
    """Return the outcome of a load: what was neither applied nor rejected was known before."""
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


# Writes bookings_quarantinedrow.
QUARANTINE = """
INSERT INTO bookings_quarantinedrow (file_id, record, reason, content)
SELECT %s, record, rejected.reason, COALESCE(rejected.content, delivered.content)
FROM rejected LEFT JOIN delivered USING (record) ORDER BY record"""


def keep_file(
    cursor: CursorWrapper, reader: FeedFileReader, outcome: FileOutcome, loaded_at: datetime
) -> None:
    """Keep what became of a loaded file, and its rejected rows."""
    file = FeedFile.objects.create(
        name=outcome.name,
        feed=outcome.feed,
        sha256=reader.sha256,
        status=outcome.status,
        encoding=reader.manifest.encoding,
        rows=outcome.rows,
        applied=outcome.applied,
        duplicates=outcome.duplicates,
        quarantined=outcome.quarantined,
        tried_at=loaded_at,
    )
    cursor.execute(QUARANTINE, [file.pk])


# Writes bookings_feedfile (unique feedfile_one_refusal_per_content).
KEEP_REFUSAL = """
INSERT INTO bookings_feedfile (name, feed, sha256, status, reason, detail, tried_at)
VALUES (%(name)s, %(feed)s, %(sha256)s, 'refused', %(reason)s, %(detail)s, %(tried_at)s)
ON CONFLICT (name, sha256) WHERE status = 'refused' DO UPDATE
SET reason = EXCLUDED.reason, detail = EXCLUDED.detail, tried_at = EXCLUDED.tried_at"""


def keep_refusal(
    path: Path, refusal: FileRefused, tried_at: datetime, *, follow_links: bool
) -> FileOutcome:
    """Keep why a file is refused: once for its name and content, with the last try's reason."""
    outcome = FileOutcome(
        name=stored_name(path.name),
        feed=printable(feed_of_name(path.name) or "")[:LONGEST_FEED],
        status=FeedFile.Status.REFUSED,
        reason=refusal.code,
        detail=str(refusal),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP_REFUSAL,
            {
                "name": outcome.name,
                "feed": outcome.feed,
                "sha256": content_sha256(path, follow_links=follow_links),
                "reason": outcome.reason,
                "detail": outcome.detail,
                "tried_at": tried_at,
            },
        )
    return outcome


def content_sha256(path: Path, *, follow_links: bool = False) -> str:
    """Return the checksum of a file as it lies there; nothing where it cannot be read."""
    digest = hashlib.sha256()
    try:
        for block in read_delivered(path, follow_links=follow_links):
            digest.update(block)
    except FileRefused:
        return ""
    return digest.hexdigest()
