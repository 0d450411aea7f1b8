"""The advisory locks: acquired until a transaction ends, distinct by kind and number."""

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from core.locks import Feed, Lock, LockOutsideTransaction, acquire

pytestmark = pytest.mark.django_db(transaction=True)


def is_free(lock: Lock, which: int = 0, *, shared: bool = False) -> bool:
    """Return whether another session could acquire the lock."""
    function = f"pg_try_advisory_xact_lock{'_shared' if shared else ''}"
    address = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        address.pop(name)
    with psycopg.connect(**address) as other:
        row = other.execute(f"SELECT {function}(%s, %s)", [int(lock), int(which)]).fetchone()
    assert row
    return bool(row[0])


def test_take_locks_until_the_transaction_ends() -> None:
    with transaction.atomic():
        acquire(Lock.FEED, Feed.BOOKINGS)
        assert not is_free(Lock.FEED, Feed.BOOKINGS)
        assert not is_free(Lock.FEED, Feed.BOOKINGS, shared=True)

    assert is_free(Lock.FEED, Feed.BOOKINGS)


def test_take_blocks_neither_another_number_nor_another_kind() -> None:
    with transaction.atomic():
        acquire(Lock.FEED, Feed.BOOKINGS)

        assert is_free(Lock.FEED, Feed.EX_REGISTRATIONS)
        assert is_free(Lock.ENTRIES, Feed.BOOKINGS)


def test_take_shared_blocks_only_exclusive_locks() -> None:
    with transaction.atomic():
        acquire(Lock.LOADS, shared=True)

        assert is_free(Lock.LOADS, shared=True)
        assert not is_free(Lock.LOADS)


def test_take_and_later_locks_wait_no_longer_than_the_patience() -> None:
    address = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        address.pop(name)
    with psycopg.connect(**address) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s, 1)", [int(Lock.ENTRIES)])
        with transaction.atomic():
            acquire(Lock.LOADS, shared=True, patience_ms=20)
            with pytest.raises(OperationalError, match="lock timeout"):
                acquire(Lock.ENTRIES, 1)
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            acquire(Lock.ENTRIES, 1, patience_ms=20)
    with transaction.atomic(), connection.cursor() as cursor:
        acquire(Lock.ENTRIES, 1)
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_take_refuses_without_a_transaction() -> None:
    with pytest.raises(LockOutsideTransaction, match="ENTRIES is held by a transaction"):
        acquire(Lock.ENTRIES, 1)


def test_locks_have_the_numbers_that_older_processes_know() -> None:
    assert {lock.name: lock.value for lock in Lock}.items() >= {
        ("MIGRATION", 1),
        ("LOADS", 2),
        ("FEED", 3),
        ("ENTRIES", 4),
        ("TOTALS", 5),
    }
