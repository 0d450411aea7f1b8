"""The stand-in for WESTER ID as a process of its own, and a browser without a screen."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from http.client import HTTPConnection
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.outside import ROOT, environment

PATIENCE_S = 60


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running_local_site(state: Path) -> Iterator[str]:
    """Run the stand-in, and yield its issuer once it answers."""
    port = free_port()
    with (state / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dev.wester", "--port", str(port)],
            cwd=ROOT,
            env=environment(LOCAL_STATE_DIR=str(state)),
            stdout=log,
            stderr=log,
        )
    try:
        wait_for_answer(process, port, state / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)


def wait_for_answer(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise AssertionError(log.read_text())


class Fields(HTMLParser):
    """The hidden fields of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "input" and values.get("type") == "hidden":
            self.hidden[str(values["name"])] = str(values["value"])


class Browser:
    """Follows redirects, stores cookies by host and not by port, sends forms."""

    def __init__(self) -> None:
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.status, self.address, self.page = 0, "", ""

    def open(self, address: str, form: dict[str, str] | None = None) -> None:
        """Go to an address, or send a form there."""
        here = urlsplit(urljoin(self.address, address))
        request = Request(
            here.geturl(),
            urlencode(form).encode() if form is not None else None,
            {"Origin": f"{here.scheme}://{here.netloc}"},
        )
        try:
            answer = self.opener.open(request, timeout=PATIENCE_S)
        except HTTPError as refusal:
            answer = refusal
        with answer:
            self.status, self.address = answer.status, answer.url
            self.page = answer.read().decode()

    def send(self, **fields: str) -> None:
        """Send a form of the page with its hidden fields to where the page came from."""
        self.open(self.address, {**Fields(self.page).hidden, **fields})
