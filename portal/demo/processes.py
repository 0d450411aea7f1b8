"""Run the demo's parts as children: started together, ended together."""

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

from portal.demo.place import HOST, end_orphans, mark
from portal.demo.refusals import PageSilent, PartEnded

POLL_S = 0.2
START_PATIENCE_S = 60
END_PATIENCE_S = 20
WORKERS = 2  # processes; all of them work on one run together
CELERY = ("celery", "--app", "config")
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Part:
    """One process of the demo: its name, and the Python module with its words."""

    name: str
    words: list[str]


def worker() -> Part:
    """Return what does the work that somebody rings for."""
    return Part("worker", [*CELERY, "worker", "--concurrency", str(WORKERS)])


def parts_of_demo(*, port: int, plays_wester: bool) -> list[Part]:
    """Return what serves the demo: web server, worker, the minute's bell, and a stand-in."""
    gunicorn = ["gunicorn", "--config", "python:config.webserver"]
    stand_in = [Part("wester", ["config.wester"])] if plays_wester else []
    return [
        *stand_in,
        Part("web", [*gunicorn, "--bind", f"{HOST}:{port}", "config.wsgi"]),
        worker(),
        Part("beat", [*CELERY, "beat"]),
    ]


class Children:
    """The running parts of a demo."""

    def __init__(self, state: Path, variables: Mapping[str, str]) -> None:
        self.state = state
        self.variables = {"DEMO_MODE": "1", "DEBUG": "0", "PYTHONUNBUFFERED": "1", **variables}
        self.logs = state / "log"
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, part: Part) -> None:
        """Start a part; what it says goes to its log, and Ctrl-C reaches it through us alone."""
        self.logs.mkdir(exist_ok=True)
        with self.log(part.name).open("ab") as log:
            self.running[part.name] = subprocess.Popen(
                [sys.executable, "-X", mark(self.state), "-m", *part.words],
                env={**os.environ, **self.variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def log(self, name: str) -> Path:
        """Return the log of a part."""
        return self.logs / f"{name}.log"

    def require_all(self) -> None:
        """Refuse to go on where a part has ended.

        Raises:
            PartEnded: one has.
        """
        for name, process in self.running.items():
            if (code := process.poll()) is not None:
                raise PartEnded(
                    f"The demo's {name} has ended by itself (exit code {code}); "
                    f"its log {self.log(name)} says why."
                )

    def end(self) -> None:
        """End every part, in peace where it can."""
        for process in self.running.values():
            process.terminate()
        deadline = time.monotonic() + END_PATIENCE_S
        for process in self.running.values():
            with_patience(process, deadline - time.monotonic())
        end_orphans(self.state)


def with_patience(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Wait for a process that was asked to end; kill it where it does not."""
    try:
        process.wait(max(seconds, 0))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def running(
    parts: list[Part], *, state: Path, variables: Mapping[str, str]
) -> Iterator[tuple[Children, threading.Event]]:
    """Have the parts run inside the block, and end them after it, however it ends.

    The event is set once a signal asks us to end; the block looks at it.
    """
    with asked_to_end() as asked:
        children = Children(state, variables)
        try:
            for part in parts:
                children.start(part)
            yield children, asked
        finally:
            children.end()


def stay(children: Children, asked: threading.Event) -> None:
    """Wait until a signal asks us to end.

    Raises:
        PartEnded: a part ended by itself.
    """
    while not asked.wait(POLL_S):
        children.require_all()


def wait_for_page(children: Children, *, port: int, path: str, asked: threading.Event) -> None:
    """Wait until the page is there for a visitor, or until we are asked to end."""
    deadline = time.monotonic() + START_PATIENCE_S
    while not asked.wait(POLL_S) and not answers(port=port, path=path):
        children.require_all()
        if time.monotonic() > deadline:
            raise PageSilent(
                f"The campaign page does not answer; the log {children.log('web')} says why."
            )


def answers(*, port: int, path: str) -> bool:
    """Say whether the page answers a visitor."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200  # noqa: PLR2004 - OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def asked_to_end() -> Iterator[threading.Event]:
    """Turn the signals that end a program into an event, so that none breaks the ending itself."""
    asked = threading.Event()
    before = {number: signal.signal(number, lambda *_: asked.set()) for number in ENDING}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
