"""Relays on this machine, each with its own behaviour."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lottery.beacon import QUICKNET, Round

Behaviour = Callable[["Relay"], None]


class Relay(BaseHTTPRequestHandler):
    """One request to a relay; its first path segment names how it behaves."""

    behaviours: dict[str, Behaviour]
    requested: list[str]
    over: threading.Event

    def do_GET(self) -> None:
        name, path = self.path.removeprefix("/").split("/", 1)
        self.requested.append(path)
        self.behaviours[name](self)

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for header, value in headers.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def says(body: bytes, status: int = 200, **headers: str) -> Behaviour:
    return lambda relay: relay.answer(body, status, **headers)


def gives(value: Round) -> Behaviour:
    return says(json.dumps(asdict(value)).encode())


def gives_info(**changes: object) -> Behaviour:
    content: dict[str, object] = {
        "public_key": QUICKNET.public_key,
        "period": QUICKNET.period,
        "genesis_time": QUICKNET.genesis_time,
        "hash": QUICKNET.chain_hash,
        "groupHash": QUICKNET.group_hash,
        "schemeID": QUICKNET.scheme,
        "metadata": {"beaconID": QUICKNET.beacon_id},
    }
    return says(json.dumps(content | changes).encode())


def stalls(relay: Relay) -> None:
    """Accept the request and send nothing until the test is over."""
    relay.over.wait()


def drips(relay: Relay) -> None:
    """Begin an answer, and never end it."""
    relay.send_response(200)
    relay.end_headers()
    while not relay.over.wait(0.01):
        relay.wfile.write(b" ")


def floods(relay: Relay) -> None:
    """Send without end until the other side hangs up."""
    relay.send_response(200)
    relay.end_headers()
    while not relay.over.is_set():
        relay.wfile.write(b" " * 4096)


def hangs_up(relay: Relay) -> None:
    """Announce a longer body than is sent."""
    relay.send_response(200)
    relay.send_header("Content-Length", "500")
    relay.end_headers()
    relay.wfile.write(b'{"round"')


@contextmanager
def serve(behaviours: dict[str, Behaviour]) -> Iterator[tuple[str, list[str]]]:
    """Run the relays; yield their base address and the requested paths."""
    requested: list[str] = []
    over = threading.Event()
    handler = type(
        "Own", (Relay,), {"behaviours": behaviours, "requested": requested, "over": over}
    )
    server = QuietServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", requested
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class QuietServer(ThreadingHTTPServer):
    """A server that logs nothing when clients hang up."""

    daemon_threads = False
    block_on_close = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""
