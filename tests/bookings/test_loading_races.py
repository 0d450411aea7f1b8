"""Two loaders in the same moment, on real connections with real commits."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connections, transaction

from bookings.booking_feed import BOOKING_FEED
from bookings.feeds import index_feeds
from bookings.loading import FileOutcome, load_file
from bookings.models import Booking, BookingEvent
from bookings.registration_feed import REGISTRATION_FEED
from core.locks import Feed, Lock, acquire
from tests.bookings.contract_model import OPERATORS, BookingsModel
from tests.bookings.test_loading_model import expected, found
from tests.feedfiles import booking_row, registration_row, write_feed_file, write_registrations
from tests.sessions import another_session, ended, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)
FEEDS = index_feeds(BOOKING_FEED, REGISTRATION_FEED)
NOW = datetime(2025, 1, 8, tzinfo=UTC)


def load(path: Path) -> FileOutcome:
    return load_file(path=path, feeds=FEEDS, loaded_at=NOW)


def load_at_once(paths: list[Path]) -> list[FileOutcome]:
    """Load every path in a thread of its own, all starting together."""
    start = Barrier(len(paths))

    def load_together(path: Path) -> FileOutcome:
        try:
            start.wait()
            return load(path)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(paths)) as pool:
        return list(pool.map(load_together, paths))


def crossing_events(seed: int) -> list[dict[str, str]]:
    """Return histories of few bookings, in no order."""
    chance = random.Random(seed)
    rows = [
        booking_row(
            event_id=f"E{seed}-{number}",
            event_type=chance.choice(["booked", "changed", "used", "cancelled"]),
            occurred_at=f"2024-12-{chance.randrange(10, 30)}T10:00:00+09:00",
            booked_at=f"2024-12-{chance.randrange(10, 30)}T10:00:00+09:00",
            operated_via=chance.choice(["web", "phone"]),
            reservation_no=f"R{chance.randrange(30)}",
            wester_id=f"W{chance.randrange(5)}",
            journey=chance.choice(list(OPERATORS)),
        )
        for number in range(400)
    ]
    return [{name: str(value) for name, value in row.items()} for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_loads_at_once_end_in_the_state_of_one_after_another(seed: int, tmp_path: Path) -> None:
    rows = crossing_events(seed)
    shared = rows[150:250]  # delivered by both
    model = BookingsModel()
    model.load("all", rows)
    parts = [rows[:150] + shared, shared[::-1] + rows[250:], rows[::3]]
    paths = [
        write_feed_file(tmp_path, part, sequence=sequence) for sequence, part in enumerate(parts, 1)
    ]

    outcomes = load_at_once(paths)

    assert [outcome.status for outcome in outcomes] == ["loaded"] * 3
    assert sum(outcome.applied for outcome in outcomes) == len(rows)
    assert found(BookingEvent) == expected(list(model.events.values()))
    assert found(Booking) == expected(list(model.bookings().values()))


def test_the_same_file_at_once_is_loaded_once(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row()])

    outcomes = load_at_once([path, path])

    assert sorted(outcome.status for outcome in outcomes) == ["already_loaded", "loaded"]
    assert BookingEvent.objects.count() == 1


def test_load_waits_for_a_freeze_that_locks_loads(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row()])

    with another_session() as submit:
        with transaction.atomic():
            acquire(Lock.LOADS)
            loaded = submit(load, path)
            wait_until_blocked(loaded, Lock.LOADS)
            assert not BookingEvent.objects.exists()
        assert ended(loaded).applied == 1


def test_load_does_not_wait_for_a_load_of_another_feed(tmp_path: Path) -> None:
    path = write_registrations(tmp_path, [registration_row()])

    with another_session() as submit, transaction.atomic():
        acquire(Lock.LOADS, shared=True)
        acquire(Lock.FEED, Feed.BOOKINGS)

        assert ended(submit(load, path)).applied == 1


def test_load_waits_for_a_load_of_its_own_feed(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row()])

    with another_session() as submit:
        with transaction.atomic():
            acquire(Lock.LOADS, shared=True)
            acquire(Lock.FEED, Feed.BOOKINGS)
            loaded = submit(load, path)
            wait_until_blocked(loaded, Lock.FEED, Feed.BOOKINGS)
        assert ended(loaded).applied == 1
