"""A load of the network against a load of bookings in the same moment."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction

from bookings.models import Booking, MemberMark
from bookings.network import NetworkLoaded, current_network, load_network
from core.locks import Feed, Lock, take
from tests.factories.network import ALPHA, RideEventFactory, RideFactory, write_network

pytestmark = pytest.mark.django_db(transaction=True)
RENEWED = ["alpha,1,a,A,Q,stop", *ALPHA[1:]]
PATIENCE_S = 30


@contextmanager
def another_session() -> Iterator[ThreadPoolExecutor]:
    """Run something on a connection of its own, and close it."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool
        pool.submit(connections.close_all).result()  # those of its thread


def wait_until_blocked(other: "Future[Any]") -> None:
    """Return once somebody waits for the lock of the bookings' feed."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not other.done():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                " AND classid = %s AND objid = %s",
                [int(Lock.FEED), int(Feed.BOOKINGS)],
            )
            if cursor.fetchone():
                return
        time.sleep(0.01)
    raise AssertionError("nobody waited")


def load_booking() -> None:
    """Do what a load of bookings does: lock, read the network, write."""
    with transaction.atomic():
        take(Lock.LOADS, shared=True)
        take(Lock.FEED, Feed.BOOKINGS)
        write_booking()


def write_booking() -> None:
    operators = sorted(current_network().operators("alpha:a>b"))
    RideEventFactory(wester_id="w1")
    RideFactory(wester_id="w1", operators=operators)


def test_load_network_waits_for_bookings_and_rewrites_them(tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    write_network(tmp_path, RENEWED)

    with another_session() as other:
        with transaction.atomic():
            take(Lock.LOADS, shared=True)
            take(Lock.FEED, Feed.BOOKINGS)
            write_booking()
            loaded = other.submit(load_network, folder=tmp_path)
            wait_until_blocked(loaded)
        assert loaded.result(PATIENCE_S) == NetworkLoaded(services=2, stops=5, bookings=1)

    assert [booking.operators for booking in Booking.objects.all()] == [["Q"]]
    assert [mark.wester_id for mark in MemberMark.objects.all()] == ["w1"]


def test_load_of_bookings_waits_for_the_network_and_reads_the_new_one(tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    write_network(tmp_path, RENEWED)

    with another_session() as other:
        with transaction.atomic():
            load_network(folder=tmp_path)
            written = other.submit(load_booking)
            wait_until_blocked(written)
        written.result(PATIENCE_S)

    assert [booking.operators for booking in Booking.objects.all()] == [["Q"]]


def test_load_network_twice_at_once_loads_once(tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    RideFactory(wester_id="w1")
    write_network(tmp_path, RENEWED)

    with another_session() as other:
        with transaction.atomic():
            first = load_network(folder=tmp_path)
            second = other.submit(load_network, folder=tmp_path)
            wait_until_blocked(second)
        assert (first.bookings, second.result(PATIENCE_S).bookings) == (1, 0)

    assert MemberMark.objects.count() == 1
