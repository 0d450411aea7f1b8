"""Ask the provider over HTTP: within seconds, on few threads, and not at all while it is down.

Each question has a thread of its own to wait on, so that whoever asks can give up in time whatever
hangs: the name server, the connection, or an answer that comes byte by byte.
"""

import json
import socket
import ssl
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit, urlunsplit

from django.conf import settings

from entries.sign_in import memory
from entries.sign_in.refusals import AnswerRefused, ProviderUnavailable

CONNECT_S, READ_S = 2.0, 3.0
TOTAL_S = 6.0  # for all questions of one request of ours together
WAIT_FOR_PLACE_S = 0.25
LARGEST_ANSWER = 256 * 1024
CHUNK = 16 * 1024
# The provider's answers to a bad question; not its failure, or anybody could have it paused.
OUR_FAULT = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
WORKERS = ThreadPoolExecutor(settings.WESTER_PLACES, thread_name_prefix="wester")
PLACES = BoundedSemaphore(settings.WESTER_PLACES)

Answer = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """One request to the provider; its address, form and headers may hold secrets."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)


class Conversation:
    """All questions that one request of ours asks, within one budget of time."""

    def __init__(self) -> None:
        self.deadline = time.monotonic() + TOTAL_S

    def ask(self, question: Question) -> Answer:
        """Return the provider's answer, a JSON object.

        Raises:
            ProviderUnavailable: it is down, slow or busy, or answers something else.
            AnswerRefused: it does not like the question.
        """
        memory.require_no_pause()
        try:
            status, body = self.exchange(question)
            answer = read_answer(status, body)
        except (OSError, HTTPException, ValueError, RecursionError) as failure:
            memory.count_failure()
            raise ProviderUnavailable(type(failure).__name__) from failure
        memory.forget_failures()
        if status in OUR_FAULT:
            raise AnswerRefused(f"status_{status}")
        return answer

    def exchange(self, question: Question) -> tuple[int, bytes]:
        """Have a worker carry the question out; give up when the time is over.

        Raises:
            ProviderUnavailable: too many others are waiting already.
            OSError, HTTPException, ValueError: it came to nothing.
        """
        if not PLACES.acquire(timeout=WAIT_FOR_PLACE_S):
            raise ProviderUnavailable("no_place")
        line = Line()
        future = WORKERS.submit(carry_out, question, line, self.deadline)
        future.add_done_callback(give_place_back)
        try:
            return future.result(max(self.deadline - time.monotonic(), 0))
        finally:
            line.hang_up()


@dataclass
class Line:
    """What a worker listens to, so that it can be ended from outside."""

    sock: socket.socket | None = None

    def hang_up(self) -> None:
        """End whatever is still waited for."""
        if self.sock:
            with suppress(OSError):  # over already
                self.sock.shutdown(socket.SHUT_RDWR)


def carry_out(question: Question, line: Line, deadline: float) -> tuple[int, bytes]:
    """Ask and read the answer; runs in a worker, and nobody may be waiting for it any more."""
    url = urlsplit(question.url)
    with closing(connect(url)) as connection:
        line.sock = connection.sock
        connection.request(
            question.method,
            urlunsplit(("", "", url.path or "/", url.query, "")),
            urlencode(question.form) if question.form is not None else None,
            headers_of(question),
        )
        with connection.getresponse() as response:
            return response.status, read_body(response, deadline)


def connect(url: SplitResult) -> HTTPConnection:
    """Connect; from then on each step of the answer has its own time."""
    host, port = url.hostname or "", url.port
    connection = (
        HTTPSConnection(host, port, timeout=CONNECT_S, context=trusted())
        if url.scheme == "https"
        else HTTPConnection(host, port, timeout=CONNECT_S)
    )
    connection.connect()
    connection.sock.settimeout(READ_S)
    return connection


@cache
def trusted() -> ssl.SSLContext:
    """Return the system's trust in certificates, read once."""
    return ssl.create_default_context()


def headers_of(question: Question) -> dict[str, str]:
    """Return the headers: JSON, uncompressed, one question a connection."""
    form = {"Content-Type": "application/x-www-form-urlencoded"} if question.form else {}
    fixed = {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"}
    return {**fixed, **form, **question.headers}


def read_body(response: HTTPResponse, deadline: float) -> bytes:
    """Read an answer of sensible size, in time."""
    body = bytearray()
    while chunk := response.read1(CHUNK):
        body += chunk
        if len(body) > LARGEST_ANSWER or time.monotonic() > deadline:
            raise HTTPException
    if response.length:  # the connection ended before the answer did
        raise HTTPException
    return bytes(body)


def read_answer(status: int, body: bytes) -> Answer:
    """Read a JSON object; what says that the question was bad may be anything.

    Raises:
        ValueError: it is neither.
    """
    if status in OUR_FAULT:
        return {}
    answer = json.loads(body) if status == HTTPStatus.OK else None
    if not isinstance(answer, dict):
        raise ValueError(status)  # noqa: TRY004 - a bad answer, not a bad argument
    return answer


def give_place_back(_: "Future[tuple[int, bytes]]") -> None:
    """Let the next one ask."""
    PLACES.release()
