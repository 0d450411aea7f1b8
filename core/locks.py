"""Every advisory lock of the project, numbered once and never reused.

A transaction always acquires them in the order loads, feed, entries, totals, ledger, and those of
several feeds in the order of their numbers; in another order, two transactions deadlock.
"""

from enum import IntEnum

from django.db import connection


class Lock(IntEnum):
    """The first of the two numbers of a lock; the second says which one of its kind."""

    MIGRATION = 1  # the schema itself
    LOADS = 2  # every writer of bookings, registrations, memberships or the network
    FEED = 3  # one feed; the second number is a Feed
    ENTRIES = 4  # the entries of one campaign; the second number is the campaign's key
    TOTALS = 5  # 0: the members due for new totals; a campaign's key: the totals of that campaign
    LEDGER = 6  # shared by payouts under way; exclusive to correct, settle, expire or close
    STAFF = 7  # who works here, with which roles; its holder acquires no other
    AUDIT = 8  # who seals the audit; who adds to it does not wait


class Feed(IntEnum):
    """The second number of a feed's lock: whose rows are being written."""

    BOOKINGS = 1
    EX_REGISTRATIONS = 2
    MEMBERSHIPS = 3
    ENTRIES = 4
    NETWORK = 5  # its writer locks BOOKINGS as well: a booking's operators follow the network
    CREDIT_RESULTS = 6


def acquire(
    lock: Lock, which: int = 0, *, shared: bool = False, patience_ms: int | None = None
) -> None:
    """Wait for a lock and acquire it until the transaction ends.

    With ``patience_ms``, this and every later lock of the transaction is waited for no longer.

    Raises:
        LockOutsideTransaction: no transaction is open.
        OperationalError: the wait took longer than ``patience_ms``.
    """
    connection.validate_no_broken_transaction()
    if not connection.in_atomic_block:
        raise LockOutsideTransaction(f"{lock.name} is held by a transaction; there is none.")
    with connection.cursor() as cursor:
        cursor.execute(
            acquire_sql(shared=shared, patient=patience_ms is None),
            {
                "lock": int(lock),
                "which": int(which),
                "patience_ms": patience_ms,
            },
        )


def acquire_sql(*, shared: bool, patient: bool = True) -> str:
    """Return the statement that acquires a lock, for callers that send it together with others.

    Its values: ``lock``, ``which`` and, unless it is ``patient``, ``patience_ms``.
    """
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    acquired = f"{function}(%(lock)s, %(which)s)"
    if not patient:
        # CASE is evaluated from its condition on: the patience is set before the wait begins.
        patience = "set_config('lock_timeout', %(patience_ms)s || 'ms', TRUE)"
        acquired = f"CASE WHEN {patience} IS NOT NULL THEN {acquired} END"
    return f"SELECT {acquired}"


class LockOutsideTransaction(RuntimeError):
    """A lock was requested outside a transaction: a mistake in the program."""
