"""A crowd of browsers, and the server that they meet: gunicorn with production's settings."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection

from config.embedded.places import Places
from tests.entries.local_site import PATIENCE_S, free_port

ROOT = Path(__file__).resolve().parents[2]
HOST = "campaign.example"
CLIENTS = 64


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
    """Return what production is told: our database and broker, and a WESTER ID nobody asks."""
    database = str(connection.settings_dict["NAME"])
    places = Places(Path(settings.LOCAL_STATE_DIR))
    kept = {name: text for name, text in os.environ.items() if name in ("PATH", "HOME", "TMPDIR")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PRODUCTION": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": places.database_address(database),
        "REDIS_URL": str(settings.REDIS_URL),
        "STATIC_ROOT": f"{folder}/static",
        "LOCAL_STATE_DIR": folder,
        "WESTER_ISSUER": "https://id.example",
        "WESTER_CLIENT_ID": "bench",
        "WESTER_CLIENT_SECRET": "bench",
        "DRAW_KEY": settings.DRAW_KEY.hex(),
        "DRAW_SIGNING_KEY": settings.DRAW_SIGNING_KEY.hex(),
    }


def wait_until_alive(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Return once the server answers."""
    deadline = time.monotonic() + PATIENCE_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            send(HTTPConnection("127.0.0.1", port), Ask("GET", "/healthz/live", {}))
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(log.read_text())


def send(link: HTTPConnection, ask: Ask) -> tuple[int, float]:
    """Send a request; return the status and the seconds until all of the answer was there."""
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", **ask.headers}
    started = time.perf_counter()
    link.request(ask.method, ask.path, ask.body or None, headers)
    answer = link.getresponse()
    answer.read()
    return answer.status, time.perf_counter() - started


def press_all(port: int, asks: Sequence[Ask], *, expect: int) -> tuple[float, list[float]]:
    """Send everything by 64 clients at once; return the seconds in all and of each."""

    def work(mine: Sequence[Ask]) -> list[tuple[int, float]]:
        link = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        return [send(link, ask) for ask in mine]

    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as crowd:
        shares = [asks[start::CLIENTS] for start in range(CLIENTS)]
        answers = [answer for share in crowd.map(work, shares) for answer in share]
    seconds = time.perf_counter() - started
    statuses = {status for status, _ in answers}
    if statuses != {expect}:
        raise RuntimeError(f"Answers other than {expect}: {sorted(statuses)}.")
    return seconds, sorted(took for _, took in answers)
