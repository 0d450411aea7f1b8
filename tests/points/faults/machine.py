"""Servers, databases and processes of the tests' own, each of which may die at any moment."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import psycopg
from redis import Redis

from dev.embedded import postgres, services
from dev.embedded.state_folder import StateFolder
from tests.outside import ROOT, environment
from tests.points.faults.moments import Moment

PATIENCE_S = 120.0
LOOK_S = 0.005
# Nothing here outlives the machine, and a server that is killed loses nothing by it. The time of
# each commit is recorded to know whether a member left before a credit.
SERVER = {"fsync": "off", "full_page_writes": "off", "track_commit_timestamp": "on"}
PAYDAY = "2025-02-15T10:05:00+09:00"


@dataclass(eq=False)
class Process:
    """A process that does one job, or is killed over it."""

    machine: "Machine"
    pid: int
    ended: str = ""

    def look(self) -> str | None:
        """Return how it ended, ``stopped`` where it stands still, or None while it runs."""
        if not self.ended:
            found: str | None = self.machine.ask({"look": self.pid})
            if found is None or found == "stopped":
                return found
            self.ended = found
        return self.ended

    def wait(self, patience_s: float = PATIENCE_S) -> str:
        """Return how it ended, or ``stopped``."""
        deadline = time.monotonic() + patience_s
        while (found := self.look()) is None:
            if time.monotonic() > deadline:
                self.kill()
                return "too late"
            time.sleep(LOOK_S)
        return found

    def kill(self) -> bool:
        """Kill it where it is; return whether it was still running."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        return self.wait() == "killed"

    def go_on(self) -> None:
        """Resume it where it stands still."""
        os.kill(self.pid, signal.SIGCONT)


@dataclass
class Machine:
    """A database server, a broker, and a warmed process that forks others."""

    places: StateFolder
    warmed: "subprocess.Popen[str]"
    names: Iterator[int] = field(default_factory=count)

    def ask(self, what: dict[str, Any]) -> Any:
        """Return the warmed process's answer."""
        assert self.warmed.stdin is not None
        assert self.warmed.stdout is not None
        self.warmed.stdin.write(json.dumps(what) + "\n")
        self.warmed.stdin.flush()
        return json.loads(self.warmed.stdout.readline())

    def start(
        self,
        job: str,
        database: str,
        *,
        moment: Moment | None = None,
        bug: str = "",
        **options: Any,
    ) -> Process:
        """Start a process that does a job on a database."""
        struck = moment and [moment.number, moment.when, moment.strike]
        words = {"job": job, "database": database, "moment": struck, "bug": bug}
        return Process(self, self.ask({**words, "options": options}))

    def run(self, job: str, database: str, **options: Any) -> None:
        """Do a job to its good end."""
        assert self.start(job, database, **options).wait() == "exit 0", self.log()

    def log(self) -> str:
        """Return the last that the processes said."""
        return (self.places.state / "log").read_text(errors="replace")[-4_000:]

    @contextmanager
    def connect(self, database: str) -> Iterator[psycopg.Connection]:
        """Look into a database, one statement at a time."""
        address = self.places.database_address(database)
        with psycopg.connect(address, autocommit=True) as connection:
            yield connection

    def clone(self, template: str) -> str:
        """Return a new database like another one, to which nobody is connected.

        A copied sequence counts on what the log of the other database says of its next numbers;
        after a checkpoint it logs them anew, and a crash does not set it back.
        """
        name = f"fault_{next(self.names)}"
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            connection.execute("CHECKPOINT")
        return name

    def drop(self, database: str) -> None:
        """Drop a database together with its connections."""
        with self.connect("postgres") as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def broker(self) -> Redis:
        """Return a client of the broker."""
        return Redis(unix_socket_path=str(self.places.valkey_socket))

    def crash(self) -> None:
        """Stop the database server as ``pg_ctl stop --mode=immediate`` does, and restart it."""
        pid_file = self.places.postgres / "postmaster.pid"
        server = psutil.Process(int(pid_file.read_text().splitlines()[0]))
        server.send_signal(signal.SIGQUIT)
        psutil.wait_procs([server], timeout=PATIENCE_S)
        services.ensure_running(self.places.state, database=True, broker=False)


@contextmanager
def open_machine(places: StateFolder) -> Iterator[Machine]:
    """Provide servers and a warmed process; all of them are gone afterwards."""
    create_server(places)
    services.ensure_running(places.state, database=True, broker=True)
    with (places.state / "log").open("w") as log:
        warmed = subprocess.Popen(
            [sys.executable, "-m", "tests.points.faults.warmed"],
            cwd=ROOT,
            env=environment(
                DJANGO_SETTINGS_MODULE="dev.settings",
                LOCAL_STATE_DIR=str(places.state),
                DATABASE_URL=places.database_url,
                REDIS_URL=places.broker_url,
                DEMO_MODE="1",
                CAMPAIGN_NOW=PAYDAY,
            ),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield Machine(places, warmed)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(warmed.pid, signal.SIGKILL)
        warmed.communicate()


def create_server(places: StateFolder) -> None:
    """Create the server with its settings, so that it starts once."""
    with places.lock():
        postgres.create_cluster(places)
    lines = [f"{name} = {value}\n" for name, value in SERVER.items()]
    (places.postgres / "postgresql.auto.conf").write_text("".join(lines))


def wait_for(what: str, is_so: Any, *, patience_s: float = PATIENCE_S) -> None:
    """Return once something is so."""
    deadline = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < deadline, f"{what} in {patience_s} s"
        time.sleep(LOOK_S)


def here(path: Path) -> str:
    """Return a path as a job takes it."""
    return str(path.resolve())
