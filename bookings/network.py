"""The rail network in the database: load it as a whole, and read it back.

Source: docs/specs/feeds.md 1.11, 2.1; bookings/data/network/README.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.db import connection, transaction

from bookings.journeys import JourneyUnresolved, Network, NetworkRow
from bookings.models import Booking, BookingEvent, Service, Stop
from bookings.network_files import read_network
from core.errors import Refusal
from core.locks import Feed, Lock, take

JOURNEYS_AT_ONCE = 10_000
FAULTS_SHOWN = 10


class LoadedJourneyLost(Refusal):
    """A journey of a loaded event would no longer resolve; the sentence says what is missing."""


@dataclass(frozen=True)
class NetworkLoaded:
    """What a load of the network found and did."""

    services: int
    stops: int  # where somebody boards: places that are only passed do not count
    bookings: int  # those that run over other operators than before


def load_network(*, folder: Path) -> NetworkLoaded:
    """Replace the network by the one in ``folder``, and bring every booking's operators up to it.

    Marks the members of exactly the bookings whose operators changed. Loading the same again
    changes nothing.

    It holds the lock of the bookings' feed, too, and takes it first (locks of feeds are taken in
    the order of their numbers): a load of bookings reads the network under that lock, so it is
    either over, and its bookings are rewritten here, or it begins with the new network.

    Raises:
        NetworkFileUnusable: a file is missing or breaks a rule.
        LoadedJourneyLost: a loaded event rides on a service or to a stop that is not in it.
    """
    rows = read_network(folder)
    with transaction.atomic():
        take(Lock.LOADS, shared=True)
        take(Lock.FEED, Feed.BOOKINGS)
        take(Lock.FEED, Feed.NETWORK)
        replace_rows(rows)
        return NetworkLoaded(
            services=len({row.service for row in rows}),
            stops=sum(row.kind == Stop.Kind.STOP for row in rows),
            bookings=rewrite_operators(Network(rows)),
        )


def current_network() -> Network:
    """Read the network.

    A writer of bookings calls this once it holds the lock of their feed: only from then on does
    the network stay as it is until the writer's transaction ends.
    """
    return Network(stored_rows())


def stored_rows() -> list[NetworkRow]:
    """Return every row of the network, in any order."""
    columns = ("service__name", "seq", "station", "operator_to_next", "kind")
    return [NetworkRow(*values) for values in Stop.objects.values_list(*columns)]


def replace_rows(rows: list[NetworkRow]) -> None:
    """Write the rows in place of those that are there, unless they are the same."""
    if set(rows) == set(stored_rows()):
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


# The columns come from the bookings, with their types and collations.
CREATE_RESOLVED = """
CREATE TEMPORARY TABLE resolved_journey AS
SELECT journey, operators FROM bookings_booking WITH NO DATA"""

# Reads bookings_booking in one pass against a hash of resolved_journey, writes it and
# bookings_membermark. A booking of nobody has no member to mark.
REWRITE_OPERATORS = """
WITH changed AS (
    UPDATE bookings_booking AS booking
    SET operators = resolved.operators
    FROM resolved_journey AS resolved
    WHERE resolved.journey = booking.journey
      AND booking.operators IS DISTINCT FROM resolved.operators
    RETURNING booking.wester_id, booking.ex_member_no
), marked AS (
    INSERT INTO bookings_membermark (wester_id, ex_member_no)
    SELECT DISTINCT wester_id, ex_member_no FROM changed
    WHERE wester_id IS NOT NULL OR ex_member_no IS NOT NULL
)
SELECT count(*) FROM changed"""


def rewrite_operators(network: Network) -> int:
    """Give every booking the operators that this network has for its journey; return how many.

    Raises:
        LoadedJourneyLost: as ``load_network`` does.
    """
    with connection.cursor() as cursor:
        cursor.execute(CREATE_RESOLVED)
        resolve_loaded_journeys(network)
        cursor.execute("ANALYZE resolved_journey")
        cursor.execute(REWRITE_OPERATORS)
        (changed,) = cursor.fetchone()
        cursor.execute("DROP TABLE resolved_journey")
    return int(changed)


def resolve_loaded_journeys(network: Network) -> None:
    """Resolve each distinct journey of events and bookings once, into resolved_journey.

    Raises:
        LoadedJourneyLost: as ``load_network`` does.
    """
    # Streamed: there may be as many journeys as bookings.
    journeys = (
        BookingEvent.objects.values_list("journey", flat=True)
        .union(Booking.objects.values_list("journey", flat=True))
        .iterator(chunk_size=JOURNEYS_AT_ONCE)
    )
    faults: set[str] = set()
    while some := list(islice(journeys, JOURNEYS_AT_ONCE)):
        faults |= copy_resolved(network, some)
    if faults:
        shown = sorted(faults)[:FAULTS_SHOWN]
        more = len(faults) - len(shown)
        raise LoadedJourneyLost(
            "Loaded events would no longer resolve. "
            + " ".join(shown)
            + (f" And {more} more." if more else "")
        )


def copy_resolved(network: Network, journeys: Iterable[str]) -> set[str]:
    """Add the journeys with their operators to resolved_journey; return why others have none."""
    faults: set[str] = set()
    into = "COPY resolved_journey (journey, operators) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for journey in journeys:
            try:
                copy.write_row((journey, sorted(network.operators(journey))))
            except JourneyUnresolved as fault:
                faults.add(str(fault))
    return faults
