"""A crowd of browsers, and the server that they meet: gunicorn with production's settings."""

import os
import re
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection

from core.rights import APP
from dev.embedded.state_folder import StateFolder
from tests.entries.local_site import PATIENCE_S, free_port

ROOT = Path(__file__).resolve().parents[2]
HOST = "campaign.example"
CLIENTS = 64
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Ask:
    """One request of one browser."""

    method: str
    path: str
    headers: dict[str, str]
    body: str = ""


@contextmanager
def production_server() -> Iterator[int]:
    """Serve the site on the bench's database with production's settings; yield the port."""
    port = free_port()
    with TemporaryDirectory() as folder:
        environment = production_environment(folder)
        python = [sys.executable, "-m"]
        subprocess.run(
            [*python, "django", "collectstatic", "--noinput", "-v0"],
            check=True,
            cwd=ROOT,
            env=environment,
        )
        gunicorn = [
            "gunicorn",
            "--config",
            "python:config.webserver",
            "--bind",
            f"127.0.0.1:{port}",
        ]
        with (Path(folder) / "log").open("wb") as log:
            server = subprocess.Popen(
                [*python, *gunicorn, "tests.bench.site"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        try:
            wait_until_alive(server, port, Path(folder) / "log")
            yield port
        finally:
            server.terminate()
            server.wait(PATIENCE_S)


def production_environment(folder: str) -> dict[str, str]:
    """Return production's environment: our database and broker, and an unused WESTER ID."""
    database = str(connection.settings_dict["NAME"])
    places = StateFolder(Path(settings.LOCAL_STATE_DIR))
    kept = {name: text for name, text in os.environ.items() if name in ("PATH", "HOME", "TMPDIR")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "dev.settings",
        "PRODUCTION": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": places.database_address(database, APP),
        "REDIS_URL": str(settings.REDIS_URL),
        "STATIC_ROOT": f"{folder}/static",
        "LOCAL_STATE_DIR": folder,
        "WESTER_ISSUER": "https://id.example",
        "WESTER_CLIENT_ID": "bench",
        "WESTER_CLIENT_SECRET": "bench",
        "DRAW_KEY": settings.DRAW_KEY.hex(),
        "DRAW_SIGNING_KEY": settings.DRAW_SIGNING_KEY.hex(),
        "ERASURE_KEY": settings.ERASURE_KEY.hex(),
    }


def wait_until_alive(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Return once the server answers."""
    deadline = time.monotonic() + PATIENCE_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            press_all(port, [Ask("GET", "/healthz/live", {})], expect=200)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(log.read_text())


def press_all(port: int, asks: Sequence[Ask], *, expect: int) -> tuple[float, list[float]]:
    """Send everything by 64 clients at once; return the seconds in all and of each, sorted.

    One thread drives them all and looks no further than it must, for it shares the machine with
    the server that is measured.
    """
    started = time.perf_counter()
    with selectors.DefaultSelector() as watched:
        shares = [asks[start::CLIENTS] for start in range(CLIENTS)]
        clients = [Client(port, share, watched) for share in shares if share]
        while watched.get_map():
            ready = watched.select(PATIENCE_S)
            if not ready:
                raise RuntimeError("The server does not answer any more.")
            for key, _ in ready:
                key.data.hear()
    seconds = time.perf_counter() - started
    statuses = {status for client in clients for status in client.statuses}
    if statuses != {expect}:
        raise RuntimeError(f"Answers other than {expect}: {sorted(statuses)}.")
    return seconds, sorted(took for client in clients for took in client.seconds)


class Client:
    """One browser: it sends a request when it has heard all of the answer to the one before."""

    def __init__(self, port: int, asks: Sequence[Ask], watched: selectors.BaseSelector) -> None:
        self.port = port
        self.watched = watched
        self.waiting = [as_bytes(ask) for ask in reversed(asks)]
        self.statuses: list[int] = []
        self.seconds: list[float] = []
        self.connect()
        self.send_next()

    def connect(self) -> None:
        """Open a connection and have it watched."""
        self.link = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)
        self.watched.register(self.link, selectors.EVENT_READ, self)

    def hang_up(self) -> None:
        """Close the connection."""
        self.watched.unregister(self.link)
        self.link.close()

    def send_next(self) -> None:
        """Send the next request."""
        self.heard = b""
        self.sent_at = time.perf_counter()
        self.link.sendall(self.waiting.pop())

    def hear(self) -> None:
        """Take what has come; after a whole answer send on, or hang up after the last."""
        came = self.link.recv(1 << 17)
        if not came:
            raise RuntimeError("The server hung up.")
        self.heard += came
        head, end, body = self.heard.partition(b"\r\n\r\n")
        if not end or len(body) < length(head):
            return
        self.seconds.append(time.perf_counter() - self.sent_at)
        self.statuses.append(int(head.split(b" ", 2)[1]))
        is_closed = b"\r\nConnection: close" in head
        if is_closed or not self.waiting:
            self.hang_up()
        if is_closed and self.waiting:
            self.connect()
        if self.waiting:
            self.send_next()


def length(head: bytes) -> int:
    """Return how many bytes follow the head of an answer."""
    found = LENGTH.search(head)
    if found is None:
        raise RuntimeError(f"An answer that does not say its length: {head!r}")
    return int(found[1])


def as_bytes(ask: Ask) -> bytes:
    """Return a request as it is sent."""
    body = ask.body.encode()
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", **ask.headers}
    if body:
        headers["Content-Length"] = str(len(body))
    lines = [f"{ask.method} {ask.path} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
    return "\r\n".join([*lines, "", ""]).encode() + body
