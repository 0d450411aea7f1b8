"""Apply the feed ``bookings``: store the events, and fold them into the bookings.

Source: docs/specs/feeds.md 1.7, 1.8, 2.2, 2.3, 2.4; docs/specs/consistency.md 2.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connection
from django.db.backends.utils import CursorWrapper

from bookings.definitions import BOOKINGS
from bookings.feeds import Feed
from bookings.journeys import JourneyUnresolved, Network
from bookings.network import current_network, sort_sections
from core import locks
from core.sql_files import read_sql

JOURNEY_BATCH_SIZE = 2_000  # of up to 8 KiB each

# No index: a journey may be longer than an index entry can be.
CREATE_RESOLVED = """
CREATE TEMPORARY TABLE resolved ON COMMIT DROP AS
SELECT journey, operators, sections, ''::varchar(40) AS reason
FROM bookings_booking WITH NO DATA"""
STAGED_JOURNEYS = "SELECT DISTINCT journey FROM staged"
COPY_RESOLVED = "COPY resolved (journey, operators, sections, reason) FROM STDIN"


def apply_booking_events(cursor: CursorWrapper) -> int:
    """Apply the staged booking events; return how many of them were not applied before.

    Stored events are read only where they arrive again: each value of a booking is the greatest,
    the least or the union of something in its events, so the stored booking and the fold of the
    new events are enough.
    """
    if resolve_journeys(cursor, current_network()):
        cursor.execute("ANALYZE resolved")
        cursor.execute(read_sql("bookings", "reject_unresolved_journeys"))
    appended = append_events(cursor)
    fold_events(cursor)
    cursor.execute("DROP TABLE resolved")
    return appended


def append_events(cursor: CursorWrapper) -> int:
    """Store what the staged events newly state; reject those stored with other content.

    Return how many events are new, and how many others have a ticketing that was not known.
    """
    cursor.execute(read_sql("bookings", "append_events"))
    appended = int(cursor.rowcount)
    cursor.execute("SELECT count(*), count(ticketing) FROM staged")
    staged, with_ticketing = cursor.fetchone()
    if appended < staged:
        cursor.execute("ANALYZE staged (event_id)")
        cursor.execute(read_sql("bookings", "reject_conflicting_events"))
        if with_ticketing:
            cursor.execute(read_sql("bookings", "append_ticketings"))
            appended += int(cursor.rowcount)
            cursor.execute(read_sql("bookings", "reject_conflicting_ticketings"))
    return appended


def fold_events(cursor: CursorWrapper) -> None:
    """Fold the staged events into the bookings, and mark the members of those that change."""
    cursor.execute(read_sql("bookings", "fold_events"))
    cursor.execute(read_sql("bookings", "update_bookings"))
    cursor.execute(read_sql("bookings", "insert_bookings"))
    cursor.execute(read_sql("bookings", "mark_booking_members"))
    cursor.execute("DROP TABLE changed")


def resolve_journeys(cursor: CursorWrapper, network: Network) -> bool:
    """Write each staged journey once to ``resolved``, with its sections or its reason.

    Return whether any journey has a reason.
    """
    any_unresolved = False
    cursor.execute(CREATE_RESOLVED)
    with connection.chunked_cursor() as journeys:
        journeys.execute(STAGED_JOURNEYS)
        rows = (journey for (journey,) in journeys)
        while batch := list(islice(rows, JOURNEY_BATCH_SIZE)):
            with connection.wrap_database_errors, cursor.copy(COPY_RESOLVED) as copy:
                for row in resolve_batch(batch, network):
                    copy.write_row(row)
                    any_unresolved |= row[-1] != ""
    return any_unresolved


def resolve_batch(
    journeys: Iterable[str], network: Network
) -> Iterator[tuple[str, list[str], list[str], str]]:
    """Yield each journey with its operators and sections, or with the reason why it has none."""
    for journey in journeys:
        try:
            yield journey, *sort_sections(network, journey), ""
        except JourneyUnresolved as error:
            yield journey, [], [], error.code


BOOKING_FEED = Feed(
    definition=BOOKINGS,
    lock=locks.Feed.BOOKINGS,
    create_staged=read_sql("bookings", "create_staged_bookings"),
    apply=apply_booking_events,
    happened_at="occurred_at",
    data_reasons=frozenset({"unknown_service", "unknown_station"}),
)
