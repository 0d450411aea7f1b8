"""Loaders killed, servers crashed, at random moments: no trace is left, the next try succeeds."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from bookings.definitions import EX_REGISTRATIONS
from dev.embedded import services
from dev.embedded.state_folder import StateFolder
from tests.bookings.contract_model import OPERATORS, UNRESOLVED
from tests.database import OF_TRUNCATE, switch_off, switch_on
from tests.feedfiles import booking_row, registration_row, write_feed_file
from tests.outside import NOBODY_LISTENS, ROOT, environment, manage, state_folder

pytestmark = pytest.mark.slow
ROWS, KILLS, CRASHES = 6_000, 14, 8
# Warmed up once; every load is a process of its own, forked before anything is connected.
LOADER = """
import os, sys
from pathlib import Path
import django
django.setup()
from core.commands import JAPAN
from bookings.loading import load_file
from datetime import datetime
from entries.feeds import FEEDS
folder = Path(sys.argv[1])
for _ in sys.stdin:
    if not (child := os.fork()):
        for path in sorted(folder.glob("*.csv")):
            load_file(path=path, feeds=FEEDS, loaded_at=datetime(2025, 1, 8, tzinfo=JAPAN))
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""
# What a load writes, but for keys that only count.
TABLES = {
    "bookings_booking": "id",
    "bookings_bookingevent": "",
    "bookings_exregistration": "",
    "bookings_registrationrow": "id",
    "bookings_membermark": "id",
    "bookings_quarantinedrow": "id,file_id",
    "bookings_feedfile": "id",
}
DIGEST = """
SELECT count(*), md5(COALESCE(string_agg(line, ' ' ORDER BY line COLLATE "C"), ''))
FROM (SELECT (to_jsonb(one) - %s::text[])::text AS line FROM {table} AS one) AS lines"""
State = dict[str, tuple[int, str]]


class Bench:
    """A server of its own, files to load, and a loader that can be killed."""

    def __init__(self, places: StateFolder, folder: Path) -> None:
        self.places = places
        variables = NOBODY_LISTENS | {
            "DATABASE_URL": places.database_url,
            "DATABASE_OWNER_URL": places.owner_url,
            "DJANGO_SETTINGS_MODULE": "dev.settings",
        }
        assert manage("migrate", **variables).returncode == 0
        self.loader = subprocess.Popen(
            [sys.executable, "-c", LOADER, str(folder)],
            cwd=ROOT,
            env=environment(**variables),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a loader whose server dies says so
        )

    def start(self) -> int:
        """Start a load and return the number of its process."""
        assert self.loader.stdin is not None
        self.loader.stdin.write("load\n")
        self.loader.stdin.flush()
        return int(self.answer())

    def answer(self) -> str:
        assert self.loader.stdout is not None
        return self.loader.stdout.readline()

    def load(self) -> None:
        """Load everything to the end."""
        self.start()
        assert self.answer() == "0\n"

    def state(self) -> State:
        """Return of every table how many rows it has, and their digest."""
        with self.snapshot() as connection:
            return read_state(connection)

    @contextmanager
    def snapshot(self) -> Iterator[psycopg.Connection]:
        """See all tables at one instant: a server may still be ending what a dead loader began."""
        with psycopg.connect(self.places.database_url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield connection

    def empty(self) -> None:
        """Empty the tables, past the triggers that forbid it."""
        with psycopg.connect(self.places.owner_url) as connection:
            connection.execute(switch_off(OF_TRUNCATE))
            connection.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
            connection.execute(switch_on(OF_TRUNCATE))

    def crash(self) -> None:
        """Kill the server as a power failure does, and start it again."""
        pid_file = self.places.postgres / "postmaster.pid"
        server = psutil.Process(int(pid_file.read_text().splitlines()[0]))
        server.send_signal(signal.SIGQUIT)  # pg_ctl stop --mode=immediate
        psutil.wait_procs([server], timeout=60)
        services.ensure_running(self.places.state, database=True, broker=False)


def read_state(connection: psycopg.Connection) -> State:
    """Return of every table how many rows it has, and their digest."""
    found: State = {}
    for table, uncounted in TABLES.items():
        query = DIGEST.format(table=table)
        row = connection.execute(query, [uncounted.split(",")]).fetchone()
        assert row is not None
        found[table] = row
    return found


@pytest.fixture
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("files")
    write_files(folder)
    with state_folder(tmp_path_factory.mktemp("server") / "state") as places:
        services.ensure_running(places.state, database=True, broker=False)
        bench = Bench(places, folder)
        try:
            yield bench
        finally:
            bench.loader.kill()
            bench.loader.communicate()


def write_files(folder: Path) -> None:
    """Write two files whose histories cross and one of registrations."""
    chance = random.Random(7)
    journeys = [*OPERATORS] * 20 + [*UNRESOLVED]
    rows = [
        booking_row(
            event_id=f"E{chance.randrange(ROWS * 5)}",
            event_type=chance.choice(["booked", "changed", "used", "cancelled"]),
            occurred_at=f"2024-12-{chance.randrange(10, 30)}T10:00:00+09:00",
            reservation_no=f"R{chance.randrange(ROWS // 3)}",
            wester_id=f"W{chance.randrange(500)}",
            journey=chance.choice(journeys),
            item_no=chance.choice(["1"] * 99 + ["0"]),
        )
        for _ in range(ROWS)
    ]
    write_feed_file(folder, rows[: ROWS * 2 // 3], sequence=1)
    write_feed_file(folder, rows[ROWS // 3 :], sequence=2)
    numbers = [registration_row(ex_member_no=f"X{number}") for number in range(ROWS // 10)]
    write_feed_file(folder, numbers, definition=EX_REGISTRATIONS)


def whole_files(bench: Bench) -> bool:
    """Return whether every file with any rows has all of its rows."""
    with bench.snapshot() as connection:
        counted = connection.execute(
            "SELECT COALESCE(sum(applied) FILTER (WHERE feed = 'bookings'), 0),"
            " COALESCE(sum(applied) FILTER (WHERE feed = 'ex_registrations'), 0),"
            " COALESCE(sum(quarantined), 0) FROM bookings_feedfile"
        ).fetchone()
        state = read_state(connection)
    tables = ("bookings_bookingevent", "bookings_registrationrow", "bookings_quarantinedrow")
    return counted == tuple(state[table][0] for table in tables)


def test_killed_loads_leave_no_trace_and_the_next_try_succeeds(bench: Bench) -> None:
    seed = int(os.environ.get("KILL_SEED") or time.time())
    print(f"KILL_SEED={seed}")
    chance = random.Random(seed)
    started = time.monotonic()
    bench.load()
    duration = time.monotonic() - started
    complete = bench.state()
    assert complete["bookings_feedfile"][0] == 3
    deaths = [kill] * KILLS + [crash] * CRASHES
    chance.shuffle(deaths)

    for number, die in enumerate(deaths):
        bench.empty()
        loader = bench.start()
        time.sleep(chance.uniform(0, duration))
        die(bench, loader)
        bench.answer()  # however it ended

        assert whole_files(bench), (seed, number, die)
        bench.load()
        assert bench.state() == complete, (seed, number, die)


def kill(bench: Bench, loader: int) -> None:
    try:
        os.kill(loader, signal.SIGKILL)
    except ProcessLookupError:  # it was done before
        return


def crash(bench: Bench, loader: int) -> None:
    bench.crash()
