"""Two connections at once: what one of them does while the other holds something."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections
from django.utils import translation

PATIENCE_S = 30
WAITING_FOR_US = """
SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
"""
Submit = Callable[..., "Future[Any]"]


@contextmanager
def another_session() -> Iterator[Submit]:
    """Run functions on a connection of their own; a result is waited for with ``ended``."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(translation.activate, "en").result(PATIENCE_S)
        yield pool.submit
        pool.submit(connections.close_all).result(PATIENCE_S)


def ended(other: "Future[Any]") -> Any:
    """Return what the other session's function returned, or raise what it raised."""
    return other.result(PATIENCE_S)


def wait_until_blocked(other: "Future[Any]") -> None:
    """Return once the other session waits for something that we hold."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not other.done():
        with connection.cursor() as cursor:
            cursor.execute(WAITING_FOR_US)
            if cursor.fetchone():
                return
        time.sleep(0.01)
    raise AssertionError("the other session did not wait")
