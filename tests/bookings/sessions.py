"""A second session at work beside the test's own."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

from core.locks import Lock

PATIENCE_S = 60


@contextmanager
def another_session(count: int = 1) -> Iterator[ThreadPoolExecutor]:
    """Run something on connections of its own, and close them."""
    with ThreadPoolExecutor(max_workers=count) as pool:
        yield pool
        for closed in [pool.submit(connections.close_all) for _ in range(count)]:
            closed.result()


def wait_until_blocked(other: "Future[Any]", lock: Lock, which: int = 0) -> None:
    """Return once somebody waits for a lock."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not other.done():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                " AND classid = %s AND objid = %s",
                [int(lock), which],
            )
            if cursor.fetchone():
                return
        time.sleep(0.01)
    raise AssertionError("nobody waited")
