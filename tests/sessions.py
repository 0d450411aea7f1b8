"""Several database sessions at once: what one does while another one holds a lock."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections
from django.utils import translation

from core.locks import Lock
from tests.database import as_superuser

PATIENCE_S = 60  # a busy machine is slow; only a test that fails waits as long
# A session that waits for another one. pg_stat_activity would not do: inside a transaction it shows
# the sessions that were there when it was first read.
BLOCKED = """
SELECT pid FROM pg_locks WHERE NOT granted AND cardinality(pg_blocking_pids(pid)) > 0"""
BLOCKED_BY_US = f"{BLOCKED} AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
# Another worker's database has locks of the same numbers.
BLOCKED_ON_LOCK = f"""{BLOCKED}
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND locktype = 'advisory' AND classid = %s AND objid = %s"""
Submit = Callable[..., "Future[Any]"]


@contextmanager
def another_session() -> Iterator[Submit]:
    """Run functions on a connection of their own; ``ended`` returns their results."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(translation.activate, "en").result(PATIENCE_S)
        yield pool.submit
        pool.submit(connections.close_all).result(PATIENCE_S)


def ended(other: "Future[Any]") -> Any:
    """Return what the other session's function returned, or raise what it raised."""
    return other.result(PATIENCE_S)


def wait_until_blocked(other: "Future[Any]", lock: Lock | None = None, which: int = 0) -> None:
    """Wait until a session is blocked by ours, or by any session on the lock that is named."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not other.done():
        if blocked_sessions(lock, which):
            return
        time.sleep(0.01)
    raise AssertionError("the other session did not wait")


def blocked_sessions(lock: Lock | None = None, which: int = 0) -> list[int]:
    """Return the process ids of the sessions that are blocked."""
    statement, parameters = (
        (BLOCKED_BY_US, None) if lock is None else (BLOCKED_ON_LOCK, [int(lock), which])
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [pid for (pid,) in cursor.fetchall()]


def terminate_blocked() -> None:
    """End the sessions that are blocked by ours, as a server does that shuts down."""
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) FROM ({BLOCKED_BY_US}) blocked")
