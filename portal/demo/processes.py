"""Run the demo's parts as children: started together, ended together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from portal.demo.place import HOST, end_orphans, mark
from portal.demo.refusals import PageSilent, PartEnded

POLL_S = 0.2
START_PATIENCE_S = 60
END_PATIENCE_S = 20
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Part:
    """One process of the demo: its name, and the Python module with its words."""

    name: str
    words: list[str]


def parts_of_demo(*, state: Path, port: int, plays_wester: bool) -> list[Part]:
    """Return what serves the demo: web server, worker, the minute's bell, and a stand-in."""
    celery = ["celery", "--app", "config"]
    gunicorn = ["gunicorn", "--config", "python:config.webserver"]
    stand_in = [Part("wester", ["config.wester"])] if plays_wester else []
    return [
        *stand_in,
        Part("web", [*gunicorn, "--bind", f"{HOST}:{port}", "config.wsgi"]),
        Part("worker", [*celery, "worker", "--concurrency", "2"]),
        Part("beat", [*celery, "beat", "--schedule", str(state / "celerybeat")]),
    ]


class Children:
    """The running parts of a demo."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.logs = state / "log"
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, part: Part) -> None:
        """Start a part; what it says goes to its log, and Ctrl-C reaches it through us alone."""
        self.logs.mkdir(exist_ok=True)
        with self.log(part.name).open("ab") as log:
            self.running[part.name] = subprocess.Popen(
                [sys.executable, "-X", mark(self.state), "-m", *part.words],
                env={**os.environ, "DEMO_MODE": "1", "DEBUG": "0", "PYTHONUNBUFFERED": "1"},
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


def serve(
    parts: list[Part], *, state: Path, port: int, path: str, tell: Callable[[], None]
) -> None:
    """Run the parts until a signal asks us to end; ``tell`` is called once the page answers.

    Raises:
        PartEnded: one of them ended by itself; the others are ended too.
        PageSilent: the page does not answer in time.
    """
    with asked_to_end() as asked:
        children = Children(state)
        try:
            for part in parts:
                children.start(part)
            wait_for_page(children, port=port, path=path, asked=asked)
            if not asked.is_set():
                tell()
            while not asked.wait(POLL_S):
                children.require_all()
        finally:
            children.end()


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
