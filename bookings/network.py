"""Load the rail network into the database as a whole, and read it.

Source: docs/specs/feeds.md 1.11, 2.1, 2.4; bookings/data/network/README.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.db import connection, transaction

from bookings.enumerations import StopKind
from bookings.journeys import JourneyUnresolved, Network, NetworkRow
from bookings.models import Booking, BookingEvent, Service, Stop
from bookings.network_files import read_network
from core.errors import Refusal
from core.locks import Feed, Lock, acquire
from core.sql_files import read_sql

JOURNEY_BATCH_SIZE = 10_000
MAX_ERRORS_SHOWN = 10


class LoadedJourneyLost(Refusal):
    """The new network cannot resolve a journey of a loaded event."""


@dataclass(frozen=True)
class NetworkLoaded:
    """The counts of a load of the network."""

    services: int
    stops: int  # without the rows that a service only passes
    bookings: int  # whose sections changed


def load_network(*, folder: Path) -> NetworkLoaded:
    """Replace the network, recompute every booking's sections, mark the members affected.

    Members are marked for exactly the bookings whose sections changed. Loading the same network
    again changes nothing.

    The lock of the bookings feed is acquired as well, and first (in the order of the feeds'
    numbers). A load of bookings reads the network under that lock: it has ended, and its bookings
    are updated here, or it begins later and reads the new network.

    Raises:
        NetworkFileUnusable: a file is missing or breaks a rule.
        LoadedJourneyLost: the network lacks a service or stop of a loaded event.
    """
    rows = read_network(folder)
    with transaction.atomic():
        acquire(Lock.LOADS, shared=True)
        acquire(Lock.FEED, Feed.BOOKINGS)
        acquire(Lock.FEED, Feed.NETWORK)
        replace_rows(rows)
        return NetworkLoaded(
            services=len({row.service for row in rows}),
            stops=sum(row.kind == StopKind.STOP for row in rows),
            bookings=update_booking_sections(Network(rows)),
        )


def current_network() -> Network:
    """Read the network.

    A writer of bookings calls this under the lock of the bookings feed: then the network cannot
    change until the writer's transaction ends.
    """
    return Network(read_stored_rows())


def read_stored_rows() -> list[NetworkRow]:
    """Return every row of the network, in any order."""
    columns = ("service__name", "seq", "station", "operator_to_next", "kind")
    return [NetworkRow(*values) for values in Stop.objects.values_list(*columns)]


def known_lines() -> dict[str, frozenset[str]]:
    """Return the lines of each operator: the services that it runs at least one section of."""
    pairs = Stop.objects.exclude(operator_to_next=None).values_list(
        "operator_to_next", "service__name"
    )
    lines: dict[str, set[str]] = {}
    for operator, line in pairs.distinct():
        lines.setdefault(operator, set()).add(line)
    return {operator: frozenset(names) for operator, names in lines.items()}


def sort_sections(network: Network, journey: str) -> tuple[list[str], list[str]]:
    """Return a journey's operators and its sections, as a booking has them.

    Raises:
        JourneyUnresolved: as ``Network.operators`` does.
    """
    return sorted(network.operators(journey)), sorted(network.sections(journey))


def replace_rows(rows: list[NetworkRow]) -> None:
    """Replace the stored rows, unless they are the same."""
    if set(rows) == set(read_stored_rows()):
        return
    Service.objects.all().delete()
    names = dict.fromkeys(row.service for row in rows)
    services = {name: Service(name=name) for name in names}
    Service.objects.bulk_create(services.values())
    Stop.objects.bulk_create(
        Stop(
            service=services[row.service],
            seq=row.seq,
            station=row.station,
            operator_to_next=row.operator_to_next,
            kind=row.kind,
        )
        for row in rows
    )


# The columns have the types and collations of bookings_booking.
CREATE_RESOLVED = """
CREATE TEMPORARY TABLE resolved_journey AS
SELECT journey, operators, sections FROM bookings_booking WITH NO DATA"""


def update_booking_sections(network: Network) -> int:
    """Update the bookings whose sections differ in this network; return how many.

    Raises:
        LoadedJourneyLost: as ``load_network`` does.
    """
    with connection.cursor() as cursor:
        cursor.execute(CREATE_RESOLVED)
        resolve_loaded_journeys(network)
        cursor.execute("ANALYZE resolved_journey")
        cursor.execute(read_sql("bookings", "update_booking_sections"))
        (changed,) = cursor.fetchone()
        cursor.execute("DROP TABLE resolved_journey")
    return int(changed)


def resolve_loaded_journeys(network: Network) -> None:
    """Write each journey of events and bookings once to resolved_journey, with its sections.

    Raises:
        LoadedJourneyLost: as ``load_network`` does.
    """
    # Streamed: there may be as many journeys as bookings.
    journeys = (
        BookingEvent.objects.values_list("journey", flat=True)
        .union(Booking.objects.values_list("journey", flat=True))
        .iterator(chunk_size=JOURNEY_BATCH_SIZE)
    )
    errors: set[str] = set()
    while batch := list(islice(journeys, JOURNEY_BATCH_SIZE)):
        errors |= copy_resolved_journeys(network, batch)
    if errors:
        shown = sorted(errors)[:MAX_ERRORS_SHOWN]
        more = len(errors) - len(shown)
        raise LoadedJourneyLost(
            "Loaded events would no longer resolve. "
            + " ".join(shown)
            + (f" And {more} more." if more else "")
        )


def copy_resolved_journeys(network: Network, journeys: Iterable[str]) -> set[str]:
    """Copy the journeys to resolved_journey; return the errors of those that do not resolve."""
    errors: set[str] = set()
    into = "COPY resolved_journey (journey, operators, sections) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for journey in journeys:
            try:
                copy.write_row((journey, *sort_sections(network, journey)))
            except JourneyUnresolved as error:
                errors.add(str(error))
    return errors
