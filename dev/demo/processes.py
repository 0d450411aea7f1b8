"""Run the demo's services as child processes: started together, ended together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from dev.demo.instance import HOST, kill_orphans, process_mark
from dev.demo.refusals import PageSilent, ProcessEnded

POLL_S = 0.2
START_LIMIT_S = 60
END_LIMIT_S = 20
WORKERS = 2  # processes; all of them work on one run together
CELERY = ("celery", "--app", "config")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Service:
    """One process of the demo: its name, and the Python module with its arguments."""

    name: str
    arguments: list[str]


def worker() -> Service:
    """Return the Celery worker, which does what is enqueued."""
    return Service("worker", [*CELERY, "worker", "--concurrency", str(WORKERS)])


def demo_services(*, port: int, plays_wester: bool) -> list[Service]:
    """Return what serves the demo: web server, worker, beat, and the stand-in for WESTER ID."""
    gunicorn = ["gunicorn", "--config", "python:config.webserver"]
    stand_in = [Service("wester", ["dev.wester"])] if plays_wester else []
    return [
        *stand_in,
        Service("web", [*gunicorn, "--bind", f"{HOST}:{port}", "config.wsgi"]),
        worker(),
        Service("beat", [*CELERY, "beat"]),
    ]


class RunningServices:
    """The running services of a demo."""

    def __init__(self, state: Path, variables: Mapping[str, str]) -> None:
        self.state = state
        self.variables = {"DEMO_MODE": "1", "DEBUG": "0", "PYTHONUNBUFFERED": "1", **variables}
        self.logs = state / "log"
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, service: Service) -> None:
        """Start a service; its output goes to its log, and Ctrl-C reaches it only through us."""
        self.logs.mkdir(exist_ok=True)
        with self.log(service.name).open("ab") as log:
            self.running[service.name] = subprocess.Popen(
                [sys.executable, "-X", process_mark(self.state), "-m", *service.arguments],
                env={**os.environ, **self.variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def log(self, name: str) -> Path:
        """Return the log of a service."""
        return self.logs / f"{name}.log"

    def require_all(self) -> None:
        """Check that no service has ended.

        Raises:
            ProcessEnded: one has.
        """
        for name, process in self.running.items():
            if (code := process.poll()) is not None:
                raise ProcessEnded(
                    f"The demo's {name} has ended by itself (exit code {code}); "
                    f"its log {self.log(name)} says why."
                )

    def end(self) -> None:
        """Terminate every service, and kill those that do not end."""
        for process in self.running.values():
            process.terminate()
        deadline = time.monotonic() + END_LIMIT_S
        for process in self.running.values():
            wait_or_kill(process, deadline - time.monotonic())
        kill_orphans(self.state)


def wait_or_kill(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Wait for a terminated process; kill it where it does not end."""
    try:
        process.wait(max(seconds, 0))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def run_services(
    services: list[Service], *, state: Path, variables: Mapping[str, str]
) -> Iterator[tuple[RunningServices, threading.Event]]:
    """Run services while the block runs, and end them after it, however it ends.

    A signal that ends a program sets the event; the block looks at it.
    """
    with catch_stop_signals() as stop_requested:
        running = RunningServices(state, variables)
        try:
            for service in services:
                running.start(service)
            yield running, stop_requested
        finally:
            running.end()


def wait_until_stopped(running: RunningServices, stop_requested: threading.Event) -> None:
    """Wait for a signal that ends the demo.

    Raises:
        ProcessEnded: a service ended by itself.
    """
    while not stop_requested.wait(POLL_S):
        running.require_all()


def wait_for_page(
    running: RunningServices, *, port: int, path: str, stop_requested: threading.Event
) -> None:
    """Wait until the web server answers with the page, or a signal ends the demo."""
    deadline = time.monotonic() + START_LIMIT_S
    while not stop_requested.wait(POLL_S) and not page_answers(port=port, path=path):
        running.require_all()
        if time.monotonic() > deadline:
            raise PageSilent(
                f"The campaign page does not answer; the log {running.log('web')} says why."
            )


def page_answers(*, port: int, path: str) -> bool:
    """Return whether the web server answers with the page."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200  # noqa: PLR2004 - OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def catch_stop_signals() -> Iterator[threading.Event]:
    """Turn the signals that end a program into an event, so that none breaks the ending itself."""
    stop_requested = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop_requested.set()) for number in STOP_SIGNALS
    }
    try:
        yield stop_requested
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
