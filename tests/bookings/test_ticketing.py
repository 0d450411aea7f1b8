"""Version 2 of the feed: whether a ride needs paper, in any mixture with version 1."""

from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.booking_feed import BOOKING_FEED
from bookings.definitions import BOOKINGS, BOOKINGS_2, EX_REGISTRATIONS, FeedDefinition
from bookings.feeds import index_feeds
from bookings.loading import FileOutcome, load_file
from bookings.models import Booking, BookingEvent, EventTicketing, FeedFile, QuarantinedRow
from bookings.quarantine import replay_rows
from bookings.registration_feed import REGISTRATION_FEED
from tests.bookings.tables import marks, quarantined, whole
from tests.bookings.test_quarantine import BLUE_BIRD, run_blue_bird
from tests.feedfiles import booking_row, booking_row_2, registration_row, write_feed_file

pytestmark = pytest.mark.django_db
FEEDS = index_feeds(BOOKING_FEED, REGISTRATION_FEED)
NOW = datetime(2025, 1, 8, tzinfo=UTC)
ONE, TICKETLESS, PAPER = booking_row(), booking_row_2(), booking_row_2(ticketing="paper")
DEARER = booking_row_2(amount_yen="1")
Row = dict[str, object]


def load(folder: Path, *rows: Row) -> FileOutcome:
    """Load rows in a file of their own; those with a ticketing are of version 2."""
    definition = BOOKINGS_2 if "ticketing" in rows[0] else BOOKINGS
    sequence = FeedFile.objects.count() + 1
    path = write_feed_file(folder, rows, definition=definition, sequence=sequence)
    return load_file(path=path, feeds=FEEDS, loaded_at=NOW)


def at(hour: int, **values: object) -> Row:
    """Return an event of one booking at an hour; with a ticketing it is of version 2."""
    return booking_row(event_id=f"E{hour}", occurred_at=f"2024-12-20T{hour}:00:00+09:00", **values)


@pytest.mark.parametrize(
    ("rows", "verdicts", "ticketing"),
    [
        pytest.param([ONE], "a", None, id="version 1 does not know"),
        pytest.param([TICKETLESS], "a", "ticketless", id="version 2 knows"),
        pytest.param([ONE, PAPER], "aa", "paper", id="known later"),
        pytest.param([PAPER, ONE], "ad", "paper", id="known before"),
        pytest.param([ONE, PAPER, ONE], "aad", "paper", id="and never forgotten"),
        pytest.param([ONE, PAPER, TICKETLESS], "aaq", "paper", id="another, known later"),
        pytest.param([PAPER, TICKETLESS], "aq", "paper", id="another"),
        pytest.param([PAPER, ONE, TICKETLESS], "adq", "paper", id="another after version 1"),
        pytest.param([ONE, DEARER], "aq", None, id="another amount tells nothing"),
        pytest.param([ONE, DEARER, PAPER], "aqa", "paper", id="and stands in nobody's way"),
        pytest.param([DEARER, ONE], "aq", "ticketless", id="version 1 with another amount"),
    ],
)
def test_versions_of_one_event_are_one_event(
    rows: list[Row], verdicts: str, ticketing: str | None, tmp_path: Path
) -> None:
    outcomes = [load(tmp_path, row) for row in rows]
    if outcomes[-1].status == "already_loaded":  # the same file again
        packed = write_feed_file(tmp_path, rows[-1:], packed=True)
        outcomes[-1] = load_file(path=packed, feeds=FEEDS, loaded_at=NOW)

    found = "".join(
        {(1, 0, 0): "a", (0, 1, 0): "d", (0, 0, 1): "q"}[
            outcome.applied, outcome.duplicates, outcome.quarantined
        ]
        for outcome in outcomes
    )
    assert found == verdicts
    assert Booking.objects.get().ticketing == ticketing
    assert {reason for _, _, reason in quarantined()} <= {"conflicting_event"}
    assert len(marks()) == verdicts.count("a")


def test_known_ticketing_is_beside_the_event_which_stays(tmp_path: Path) -> None:
    load(tmp_path, ONE)
    before = whole(BookingEvent)

    load(tmp_path, PAPER)

    assert whole(BookingEvent) == before
    assert whole(EventTicketing) == [{"event_id": "E1", "ticketing": "paper"}]


def test_ticketing_of_version_2_is_in_its_event(tmp_path: Path) -> None:
    load(tmp_path, PAPER)
    load(tmp_path, ONE)

    assert BookingEvent.objects.get().ticketing == "paper"
    assert not EventTicketing.objects.exists()


def test_of_two_ticketings_in_one_file_the_first_stands(tmp_path: Path) -> None:
    load(tmp_path, ONE)

    outcome = load(tmp_path, PAPER, TICKETLESS, PAPER)

    assert (outcome.applied, outcome.duplicates, outcome.quarantined) == (1, 1, 1)
    assert quarantined() == [(outcome.name, 2, "conflicting_event")]
    assert Booking.objects.get().ticketing == "paper"


@pytest.mark.parametrize("order", [*permutations(range(3))], ids=repr)
@pytest.mark.parametrize(
    ("rows", "ticketing", "event"),
    [
        pytest.param(
            [at(10, ticketing="paper"), at(11, event_type="changed", ticketing="ticketless")],
            "ticketless",
            "E11",
            id="the latest",
        ),
        pytest.param(
            [at(10, ticketing="paper"), at(11, event_type="changed"), at(12, event_type="used")],
            "paper",
            "E10",
            id="the latest that has one",
        ),
        pytest.param(
            [at(10, ticketing="paper"), at(11, event_type="used", ticketing="ticketless")],
            "ticketless",
            "E11",
            id="of the ride",
        ),
        pytest.param(
            [at(10, ticketing="paper")]
            + [
                at(hour, event_type=kind, ticketing="ticketless")
                for hour, kind in ((11, "cancelled"), (12, "stopover"))
            ],
            "paper",
            "E10",
            id="of no cancellation or stopover",
        ),
        pytest.param(
            [at(10), at(11, event_type="refunded", ticketing="ticketless")],
            None,
            None,
            id="of no refund, though nothing else has one",
        ),
        pytest.param(
            [at(10, ticketing="paper"), at(10, ticketing="paper") | {"event_id": "e1"}],
            "paper",
            "e1",
            id="at one instant, of the greater event as bytes",
        ),
    ],
)
def test_fold_takes_the_ticketing_of_the_latest_purchase_event_that_has_one(
    rows: list[Row], ticketing: str | None, event: str | None, order: list[int], tmp_path: Path
) -> None:
    for place in order:
        if place < len(rows):
            load(tmp_path, rows[place])

    booking = Booking.objects.get()
    assert (booking.ticketing, booking.ticketing_event_id) == (ticketing, event)


def test_ticketing_known_later_of_an_older_event_gives_way_to_a_newer_one(tmp_path: Path) -> None:
    load(tmp_path, at(10))
    load(tmp_path, at(11, event_type="changed", ticketing="ticketless"))
    before = marks()

    outcome = load(tmp_path, at(10, ticketing="paper"))

    assert (outcome.applied, Booking.objects.get().ticketing) == (1, "ticketless")
    assert marks() == before


@pytest.mark.parametrize(
    ("rows", "ticketing", "statuses"),
    [
        pytest.param([ONE, PAPER], "paper", ["replayed"] * 2, id="version 1, then 2"),
        pytest.param([PAPER, ONE], "paper", ["replayed"] * 2, id="version 2, then 1"),
        pytest.param(
            [ONE, PAPER, TICKETLESS],
            "paper",
            ["replayed", "replayed", "open"],
            id="then another ticketing",
        ),
    ],
)
def test_replay_reads_each_row_in_its_version(
    rows: list[Row], ticketing: str, statuses: list[str], tmp_path: Path
) -> None:
    for row in rows:
        load(tmp_path, {**row, "journey": BLUE_BIRD})
    run_blue_bird("大阪", "敦賀")

    replay_rows(feeds=FEEDS, at=NOW)

    assert Booking.objects.get().ticketing == ticketing
    found = QuarantinedRow.objects.order_by("id").values_list("status", flat=True)
    assert list(found) == statuses
    assert marks() == [("W1", None)]


def test_replay_of_version_1_does_not_erase_what_came_since(tmp_path: Path) -> None:
    load(tmp_path, {**ONE, "journey": BLUE_BIRD})
    run_blue_bird("大阪", "敦賀")
    load(tmp_path, {**PAPER, "journey": BLUE_BIRD})

    assert replay_rows(feeds=FEEDS, at=NOW).settled == 1
    assert Booking.objects.get().ticketing == "paper"


@pytest.mark.parametrize(("ticketing", "reason"), [("", "missing_value"), ("app", "unknown_value")])
def test_load_file_quarantines_a_bad_ticketing(ticketing: str, reason: str, tmp_path: Path) -> None:
    outcome = load(tmp_path, booking_row_2(event_id="E2", ticketing=ticketing), TICKETLESS)

    assert outcome.applied == 1
    assert quarantined() == [(outcome.name, 1, reason)]
    assert FeedFile.objects.get().version == 2


@pytest.mark.parametrize(
    ("definition", "row", "version", "reason"),
    [
        pytest.param(BOOKINGS, ONE, 2, "header_differs", id="version 2 without the column"),
        pytest.param(BOOKINGS_2, PAPER, 1, "header_differs", id="version 1 with the column"),
        pytest.param(BOOKINGS_2, PAPER, 3, "unknown_version", id="version 3"),
        pytest.param(
            EX_REGISTRATIONS, registration_row(), 2, "unknown_version", id="of another feed"
        ),
    ],
)
def test_load_file_refuses_a_version_that_is_not_the_files(
    definition: FeedDefinition, row: Row, version: int, reason: str, tmp_path: Path
) -> None:
    path = write_feed_file(tmp_path, [row], definition=definition, manifest={"version": version})

    outcome = load_file(path=path, feeds=FEEDS, loaded_at=NOW)

    assert (outcome.status, outcome.reason) == ("refused", reason)
    assert FeedFile.objects.get().version == 0


def test_load_file_looks_for_no_ticketing_in_version_1(tmp_path: Path) -> None:
    load(tmp_path, ONE)

    with CaptureQueriesContext(connection) as queries:
        load(tmp_path, ONE, at(11))

    assert not [query for query in queries if "bookings_eventticketing" in query["sql"]]
