"""A load of the network against a load of bookings in the same moment."""

from pathlib import Path

import pytest
from django.db import transaction

from bookings.models import Booking, MemberMark
from bookings.network import NetworkLoaded, current_network, load_network
from core.locks import Feed, Lock, acquire
from tests.factories.network import ALPHA, RideEventFactory, RideFactory, write_network
from tests.sessions import another_session, ended, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)
RENEWED = ["alpha,1,a,A,Q,stop", *ALPHA[1:]]


def load_booking() -> None:
    """Do what a load of bookings does: lock, read the network, write."""
    with transaction.atomic():
        acquire(Lock.LOADS, shared=True)
        acquire(Lock.FEED, Feed.BOOKINGS)
        write_booking()


def write_booking() -> None:
    operators = sorted(current_network().operators("alpha:a>b"))
    RideEventFactory(wester_id="w1")
    RideFactory(wester_id="w1", operators=operators)


def test_load_network_waits_for_bookings_and_rewrites_them(tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    write_network(tmp_path, RENEWED)

    with another_session() as submit:
        with transaction.atomic():
            acquire(Lock.LOADS, shared=True)
            acquire(Lock.FEED, Feed.BOOKINGS)
            write_booking()
            loaded = submit(load_network, folder=tmp_path)
            wait_until_blocked(loaded, Lock.FEED, Feed.BOOKINGS)
        assert ended(loaded) == NetworkLoaded(services=2, stops=5, bookings=1)

    assert [booking.operators for booking in Booking.objects.all()] == [["Q"]]
    assert [mark.wester_id for mark in MemberMark.objects.all()] == ["w1"]


def test_load_of_bookings_waits_for_the_network_and_reads_the_new_one(tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    write_network(tmp_path, RENEWED)

    with another_session() as submit:
        with transaction.atomic():
            load_network(folder=tmp_path)
            written = submit(load_booking)
            wait_until_blocked(written, Lock.FEED, Feed.BOOKINGS)
        ended(written)

    assert [booking.operators for booking in Booking.objects.all()] == [["Q"]]


def test_load_network_twice_at_once_loads_once(tmp_path: Path) -> None:
    load_network(folder=write_network(tmp_path))
    RideFactory(wester_id="w1")
    write_network(tmp_path, RENEWED)

    with another_session() as submit:
        with transaction.atomic():
            first = load_network(folder=tmp_path)
            second = submit(load_network, folder=tmp_path)
            wait_until_blocked(second, Lock.FEED, Feed.BOOKINGS)
        assert (first.bookings, ended(second).bookings) == (1, 0)

    assert MemberMark.objects.count() == 1
