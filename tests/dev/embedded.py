"""Start embedded servers in a folder of the test's own, and keep rows in them."""

import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

import psutil
import psycopg

from dev.embedded import services
from dev.embedded.state_folder import StateFolder
from tests.outside import living, start_python

START = """
import sys
from pathlib import Path
from dev.embedded import services
services.ensure_running(Path(sys.argv[1]), database=True, broker=True)
"""


def start(places: StateFolder) -> None:
    services.ensure_running(places.state, database=True, broker=True)


def start_apart(places: StateFolder) -> "subprocess.Popen[str]":
    return start_python("-c", START, str(places.state))


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def keep(places: StateFolder, value: int) -> None:
    with psycopg.connect(places.owner_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value integer)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def kept(places: StateFolder) -> list[int]:
    with psycopg.connect(places.owner_url) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


def servers(places: StateFolder) -> list[psutil.Process]:
    """Return the living processes that no other one of the folder has started."""
    running = {}
    for found in living(places):
        with suppress(psutil.NoSuchProcess):
            running[found] = found.ppid()
    numbers = {found.pid for found in running}
    return [found for found, parent in running.items() if parent not in numbers]
