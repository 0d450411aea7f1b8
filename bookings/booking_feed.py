"""The feed ``bookings``: append the events, and bring the bookings up to them.

Source: docs/specs/feeds.md 1.7, 1.8, 2.2; docs/specs/consistency.md 2.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connection
from django.db.backends.utils import CursorWrapper

from bookings import booking_sql as sql
from bookings.definitions import BOOKINGS
from bookings.feeds import Feed
from bookings.journeys import JourneyUnresolved, Network
from bookings.network import current_network
from bookings.staging import reject
from core import locks

JOURNEYS_AT_ONCE = 2_000  # of up to 8 KiB each


def apply_bookings(cursor: CursorWrapper) -> int:
    """Apply the staged booking events; return how many were not known before.

    Old events are not read, but for those that arrive again: what a booking has of its events is
    the greatest, the least or the union of something, so the state that stands and the fold of
    the new events have all that is needed.
    """
    if resolve_journeys(cursor, current_network()):
        cursor.execute("ANALYZE resolved")
        reject(cursor, found=sql.UNRESOLVED, reason="resolved.reason")
    applied = append_events(cursor)
    fold_events(cursor)
    cursor.execute("DROP TABLE resolved")
    return applied


def append_events(cursor: CursorWrapper) -> int:
    """Append the staged events that are new, and reject those whose event has other content."""
    cursor.execute(sql.APPEND_EVENTS)
    appended = int(cursor.rowcount)
    cursor.execute("SELECT count(*) FROM staged")
    (staged,) = cursor.fetchone()
    if appended < staged:
        cursor.execute("ANALYZE staged (event_id)")
        reject(cursor, found=sql.CONFLICTING, reason="'conflicting_event'")
    return appended


def fold_events(cursor: CursorWrapper) -> None:
    """Join the fold of the staged events with the bookings, and mark whose bookings changed."""
    cursor.execute(sql.FOLD)
    cursor.execute(sql.UPDATE_BOOKINGS)
    cursor.execute(sql.INSERT_BOOKINGS)
    cursor.execute(sql.MARK_MEMBERS)
    cursor.execute("DROP TABLE changed")


def resolve_journeys(cursor: CursorWrapper, network: Network) -> bool:
    """Write to ``resolved`` each staged journey once, with its operators or its reason.

    Return whether any has a reason.
    """
    any_unresolved = False
    cursor.execute(sql.CREATE_RESOLVED)
    with connection.chunked_cursor() as journeys:
        journeys.execute(sql.JOURNEYS)
        rows = (journey for (journey,) in journeys)
        while some := list(islice(rows, JOURNEYS_AT_ONCE)):
            with connection.wrap_database_errors, cursor.copy(sql.COPY_RESOLVED) as copy:
                for row in resolve(some, network):
                    copy.write_row(row)
                    any_unresolved |= row[-1] != ""
    return any_unresolved


def resolve(journeys: Iterable[str], network: Network) -> Iterator[tuple[str, list[str], str]]:
    """Yield each journey with its operators, sorted, or with the reason why it has none."""
    for journey in journeys:
        try:
            yield journey, sorted(network.operators(journey)), ""
        except JourneyUnresolved as fault:
            yield journey, [], fault.code


BOOKING_FEED = Feed(
    definition=BOOKINGS,
    lock=locks.Feed.BOOKINGS,
    create_staged=sql.CREATE_STAGED,
    apply=apply_bookings,
    data_reasons=frozenset({"unknown_service", "unknown_station"}),
)
