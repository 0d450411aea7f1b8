"""The HTTP session that allauth sends its requests to the provider with, limited in every way.

Each request runs on a thread of its own, so that the caller can stop waiting in time whatever
hangs: the name server, the connection, or an answer that comes byte by byte.
"""

import json
import socket
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from http import HTTPStatus
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

import requests
from django.conf import settings
from django.http import HttpRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.exceptions import HTTPError

from entries.sign_in import provider_cache
from entries.sign_in.refusals import AnswerRefused, ClientRejected, ProviderUnavailable

CONNECT_S, READ_S = 2.0, 3.0
TOTAL_S = 6.0  # for all requests to the provider within one request of a member
SLOT_TIMEOUT_S = 0.25
MAX_ANSWER = 256 * 1024  # bytes
CHUNK = 16 * 1024
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "dodonto",
}
# The provider rejects a request of ours; it has not failed, or any visitor could pause sign-ins.
REQUEST_REJECTED = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
# What a wrong client secret is answered with (RFC 6749, 5.2); 400 has other causes as well.
CLIENT_REJECTED = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED)
WORKERS = ThreadPoolExecutor(settings.WESTER_MAX_REQUESTS, thread_name_prefix="wester")
SLOTS = BoundedSemaphore(settings.WESTER_MAX_REQUESTS)


class ProviderSession(requests.Session):
    """Send one request to the provider: no redirect, proxy or cookie; all within one deadline."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__()
        # Stored with the member's request, for allauth opens a session for each of its own.
        deadline = time.monotonic() + TOTAL_S
        self.deadline: float = vars(request).setdefault("provider_deadline", deadline)
        self.trust_env = False
        self.headers.update(HEADERS)
        self.transport = ProviderTransport()
        self.mount("http://", self.transport)
        self.mount("https://", self.transport)

    def request(
        self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Return the provider's answer, whose status is 200 and whose body is a JSON object.

        Raises:
            ProviderUnavailable: it is down, slow or busy, or answers with anything else.
            AnswerRefused: it rejects the request.
        """
        provider_cache.require_no_pause()
        limits = {"timeout": (CONNECT_S, READ_S), "allow_redirects": False, "stream": True}
        send = partial(super().request, method, url, *args, **{**kwargs, **limits})
        try:
            response = self.run_in_time(partial(read_answer, send, self.deadline))
        except (OSError, HTTPError, ValueError, RecursionError) as failure:
            provider_cache.count_failure()
            raise ProviderUnavailable(type(failure).__name__) from failure
        provider_cache.reset_failures()
        if response.status_code in REQUEST_REJECTED:
            refusal = ClientRejected if response.status_code in CLIENT_REJECTED else AnswerRefused
            raise refusal(f"status_{response.status_code}")
        return response

    def run_in_time(self, work: Callable[[], requests.Response]) -> requests.Response:
        """Run on a worker and wait for the result until the deadline.

        Raises:
            ProviderUnavailable: all of WESTER_MAX_REQUESTS are running already.
            TimeoutError: the deadline has passed.
        """
        if not SLOTS.acquire(timeout=SLOT_TIMEOUT_S):
            raise ProviderUnavailable("max_requests")
        future = WORKERS.submit(work)
        future.add_done_callback(lambda _: SLOTS.release())
        try:
            return future.result(max(self.deadline - time.monotonic(), 0))
        finally:
            self.transport.hang_up()


class ProviderTransport(HTTPAdapter):
    """Connections that trust the system's authorities, and that another thread can end."""

    sock: socket.socket | None = None

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> HTTPConnectionPool:
        """Return the pool of an address; its connection shows us its socket."""
        address, transport = str(request.url), self
        pool: HTTPConnectionPool = self.poolmanager.connection_from_url(
            address, {"ssl_context": trusted()}
        )

        class Connection(pool.ConnectionCls):  # type: ignore[misc,name-defined]  # plain or TLS
            def connect(self) -> None:
                super().connect()
                transport.sock = self.sock

        pool.ConnectionCls = Connection
        return pool

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Leave it to the TLS context: requests would trust the authorities of certifi as well."""

    def hang_up(self) -> None:
        """End whatever a worker still waits for."""
        if self.sock:
            with suppress(OSError):  # it is closed already
                self.sock.shutdown(socket.SHUT_RDWR)


@cache
def trusted() -> ssl.SSLContext:
    """Return a TLS context that verifies certificates by the system's authorities, read once."""
    return ssl.create_default_context()


def read_answer(send: Callable[[], requests.Response], deadline: float) -> requests.Response:
    """Send a request and read the whole answer; runs on a worker.

    The body becomes the JSON that was checked here, so that no header changes how it is read; that
    of a rejected request may be anything.

    Raises:
        OSError, HTTPError: the answer did not come, or not whole, or was too long.
        ValueError, RecursionError: it is not a JSON object.
    """
    with send() as response:
        body = read_body(response.raw, deadline)
    if response.status_code not in REQUEST_REJECTED:
        answer = json.loads(body) if response.status_code == HTTPStatus.OK else None
        if not isinstance(answer, dict):
            raise ValueError(response.status_code)  # no fault of an argument
        body = json.dumps(answer).encode()
    response.raw = BytesIO(body)
    response.encoding = "utf-8"
    response.headers["Content-Type"] = "application/json"
    return response


def read_body(raw: HTTPResponse, deadline: float) -> bytes:
    """Read at most MAX_ANSWER bytes before the deadline; urllib3 refuses a body cut short.

    Raises:
        HTTPError: it is longer, or takes longer.
    """
    body = bytearray()
    while chunk := raw.read1(CHUNK, decode_content=False):
        body += chunk
        if len(body) > MAX_ANSWER or time.monotonic() > deadline:
            raise HTTPError
    return bytes(body)
