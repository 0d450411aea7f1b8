"""The rows that could not be applied: list them, replay them, dismiss one.

Source: docs/specs/feeds.md 1.6; docs/specs/consistency.md 1.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from bookings.chunks import Chunk
from bookings.definitions import FeedDefinition
from bookings.feeds import Feed, Feeds
from bookings.models import QuarantinedRow
from bookings.rows import AcceptedRow, read_row
from bookings.staging import copy_chunks, create_staging_tables
from core.errors import Refusal
from core.locks import Lock, acquire
from core.sql_files import read_sql

ROW_BATCH_SIZE = 500  # of up to 8 KiB each
Status = QuarantinedRow.Status


class RowNotOpen(Refusal):
    """There is no such row in quarantine, or it is settled already."""


class ReasonMissing(Refusal):
    """A row was to be dismissed without a reason."""


@dataclass(frozen=True)
class Replayed:
    """What a replay tried, and how many rows it settled."""

    tried: Sequence[int]  # keys of rows, ascending
    settled: int  # applied now, or duplicates of rows applied since


def open_rows() -> QuerySet[QuarantinedRow]:
    """Return the rows that are not settled, the oldest first."""
    return QuarantinedRow.objects.filter(status=Status.OPEN).select_related("file").order_by("id")


def open_row_warnings(feeds: Iterable[str]) -> list[str]:
    """Return a sentence for each of these feeds that has open rows."""
    return [
        _("Rows of %(feed)s in quarantine, which do not count: %(rows)s.")
        % {"feed": feed, "rows": f"{count:,}"}
        for feed, count in count_open_rows(feeds)
    ]


def count_open_rows(feeds: Iterable[str]) -> list[tuple[str, int]]:
    """Return each of these feeds that has open rows with their number, by the feed's name."""
    rows = QuarantinedRow.objects.filter(status=Status.OPEN, file__feed__in=feeds)
    counts = rows.values_list("file__feed").annotate(rows=Count("id")).order_by("file__feed")
    return list(counts)


def delivered_text(content: bytes) -> str:
    """Return a row's bytes as text in UTF-8; an undecodable byte becomes ``chr(byte)``."""
    return content.decode("utf-8", "surrogateescape").translate(UNDECODABLE)


UNDECODABLE = {0xDC00 + byte: byte for byte in range(0x80, 0x100)}


def replay_rows(*, feeds: Feeds, at: datetime) -> Replayed:
    """Apply the open rows that stored data rejected and does not reject any more.

    Rows are applied as in a load, one transaction a feed. A row that is a duplicate by now is
    settled; one that is rejected again stays open, with today's reason. Conflicts are left to a
    person: a replay would meet the same event again.
    """
    tried: list[int] = []
    settled = 0
    for feed in sorted(feeds.values(), key=lambda feed: feed.lock):
        if feed.data_reasons:
            with transaction.atomic():
                found = replay_feed(feed, at)
            tried += found.tried
            settled += found.settled
    return Replayed(sorted(tried), settled)


def replay_feed(feed: Feed, at: datetime) -> Replayed:
    """Replay one feed's rows in the caller's transaction."""
    acquire(Lock.LOADS, shared=True)
    acquire(Lock.FEED, feed.lock)
    with create_staging_tables(feed) as cursor:
        tried: list[int] = []
        rows = iter(lock_rows_to_replay(feed))
        while batch := list(islice(rows, ROW_BATCH_SIZE)):
            tried += [row.pk for row in batch]
            for definition in feed.definition.versions:
                rows_of_version = [row for row in batch if row.file.version == definition.version]
                copy_chunks(cursor, definition, [make_replay_chunk(definition, rows_of_version)])
        if tried:
            feed.apply(cursor)
        return Replayed(tried, close_replayed_rows(cursor, at))


def lock_rows_to_replay(feed: Feed) -> Iterator[QuarantinedRow]:
    """Lock and return the feed's open rows whose reason depends on stored data.

    A dismissal of one of them waits, and then finds it settled or still open.
    """
    rows = open_rows().filter(file__feed=feed.definition.name, reason__in=feed.data_reasons)
    return rows.select_for_update(of=("self",)).iterator(chunk_size=ROW_BATCH_SIZE)


def make_replay_chunk(definition: FeedDefinition, rows: Sequence[QuarantinedRow]) -> Chunk:
    """Return the rows of one version for COPY, each under its key instead of its record number.

    A row that is bad by itself under today's rules is left out, and stays as it is.
    """
    lines = [
        accepted.copy_line(row.pk)
        for row in rows
        if isinstance(accepted := read_quarantined_row(definition, row), AcceptedRow)
    ]
    return Chunk(b"".join(lines), len(lines), [])


def read_quarantined_row(definition: FeedDefinition, row: QuarantinedRow) -> AcceptedRow | str:
    """Return a quarantined row's values, or the reason why it is bad by itself."""
    return read_row(definition, bytes(row.content), row.file.encoding)


def close_replayed_rows(cursor: CursorWrapper, at: datetime) -> int:
    """Settle the rows that passed, update the others' reasons; return how many passed."""
    cursor.execute(read_sql("bookings", "update_quarantine_reasons"))
    cursor.execute(read_sql("bookings", "close_replayed_rows"), {"at": at})
    return int(cursor.rowcount)


def dismiss_row(*, row: int, reason: str, by: str, at: datetime) -> QuarantinedRow:
    """Settle a row without applying it.

    Args: ``by`` is the name of a staff user.

    Raises:
        ReasonMissing: the reason is empty.
        RowNotOpen: there is no such row, or it is settled.
    """
    if not reason.strip():
        raise ReasonMissing(_("A row is dismissed for a reason; say which."))
    dismissed = QuarantinedRow.objects.filter(pk=row, status=Status.OPEN).update(
        status=Status.DISMISSED, settled_at=at, settled_by=by, note=reason.strip()
    )
    if not dismissed:
        raise RowNotOpen(_("No row %(row)s is waiting in quarantine.") % {"row": row})
    return QuarantinedRow.objects.select_related("file").get(pk=row)
