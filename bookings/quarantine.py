"""Rows that could not be applied: look at them, try them again, settle them.

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
from bookings.feeds import Feed, Feeds
from bookings.models import QuarantinedRow
from bookings.reading import AcceptedRow, read_row
from bookings.staging import stage, staging
from core.errors import Refusal
from core.locks import Lock, take

ROWS_AT_ONCE = 500  # of up to 8 KiB each
Status = QuarantinedRow.Status


class RowNotOpen(Refusal):
    """There is no such row in quarantine, or it has been settled already."""


class ReasonMissing(Refusal):
    """A row is dismissed for a reason, and none was given."""


@dataclass(frozen=True)
class Replayed:
    """What a replay found and did."""

    tried: Sequence[int]  # keys of rows, ascending
    settled: int  # applied now, or duplicates of rows that were applied meanwhile


def open_rows() -> QuerySet[QuarantinedRow]:
    """Return the rows that nobody has settled, the first that came first."""
    return QuarantinedRow.objects.filter(status=Status.OPEN).select_related("file").order_by("id")


def waiting(feeds: Iterable[str]) -> list[str]:
    """Return a sentence on each of these feeds of which rows wait, for whoever goes on without."""
    rows = QuarantinedRow.objects.filter(status=Status.OPEN, file__feed__in=feeds)
    counts = rows.values_list("file__feed").annotate(rows=Count("id")).order_by("file__feed")
    return [
        _("Rows of %(feed)s in quarantine, which do not count: %(rows)s; see: quarantine list.")
        % {"feed": feed, "rows": f"{count:,}"}
        for feed, count in counts
    ]


def delivered_text(content: bytes) -> str:
    """Return a row's bytes as text: UTF-8, a byte that is none as the character of its number."""
    return content.decode("utf-8", "surrogateescape").translate(UNDECODABLE)


UNDECODABLE = {0xDC00 + byte: byte for byte in range(0x80, 0x100)}


def replay(*, feeds: Feeds, at: datetime) -> Replayed:
    """Apply the open rows whose reason depended on our data and does no longer.

    They go the way of a load, one transaction a feed. A row that has become a duplicate is
    settled; one that is rejected again stays open, with today's reason. A conflict is a person's
    to settle: replaying it would meet the same event again.
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
    take(Lock.LOADS, shared=True)
    take(Lock.FEED, feed.lock)
    with staging(feed) as cursor:
        tried: list[int] = []
        rows = iter(rows_to_try(feed))
        while some := list(islice(rows, ROWS_AT_ONCE)):
            tried += [row.pk for row in some]
            stage(cursor, feed, [chunk_of(feed, some)])
        if tried:
            feed.apply(cursor)
        return Replayed(tried, settle(cursor, at))


def rows_to_try(feed: Feed) -> Iterator[QuarantinedRow]:
    """Return the feed's open rows that our data may let pass now, and hold them.

    Whoever dismisses one of them waits, and finds it settled or still open.
    """
    rows = open_rows().filter(file__feed=feed.definition.name, reason__in=feed.data_reasons)
    return rows.select_for_update(of=("self",)).iterator(chunk_size=ROWS_AT_ONCE)


def chunk_of(feed: Feed, rows: Sequence[QuarantinedRow]) -> Chunk:
    """Return the rows as the reader would, each under its key instead of its record number.

    One that is bad by itself by today's rules is left out, and stays as it is.
    """
    lines = [
        row.copy_line(kept.pk)
        for kept in rows
        if isinstance(row := read_again(feed, kept), AcceptedRow)
    ]
    return Chunk(b"".join(lines), len(lines), [])


def read_again(feed: Feed, kept: QuarantinedRow) -> AcceptedRow | str:
    """Return a kept row's values, or why it is bad by itself."""
    return read_row(feed.definition, bytes(kept.content), kept.file.encoding)


# Both write bookings_quarantinedrow by its key: in staged are the rows that passed, in rejected
# those that did not.
SETTLE = """
UPDATE bookings_quarantinedrow AS kept SET status = 'replayed', settled_at = %s
FROM staged WHERE kept.id = staged.record"""
RENEW_REASONS = """
UPDATE bookings_quarantinedrow AS kept SET reason = rejected.reason
FROM rejected WHERE kept.id = rejected.record AND kept.reason <> rejected.reason"""


def settle(cursor: CursorWrapper, at: datetime) -> int:
    """Settle the rows that passed, and say of the others why today; return how many passed."""
    cursor.execute(RENEW_REASONS)
    cursor.execute(SETTLE, [at])
    return int(cursor.rowcount)


def dismiss(*, row: int, reason: str, by: str, at: datetime) -> QuarantinedRow:
    """Settle a row without applying it; ``by`` is the name of a staff user.

    Raises:
        ReasonMissing: the reason is empty.
        RowNotOpen: there is no such row, or it is settled.
    """
    if not reason.strip():
        raise ReasonMissing("A row is dismissed for a reason; say which.")
    dismissed = QuarantinedRow.objects.filter(pk=row, status=Status.OPEN).update(
        status=Status.DISMISSED, settled_at=at, settled_by=by, note=reason.strip()
    )
    if not dismissed:
        raise RowNotOpen(f"No row {row} is waiting in quarantine.")
    return QuarantinedRow.objects.select_related("file").get(pk=row)
