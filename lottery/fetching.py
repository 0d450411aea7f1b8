"""Fetch a round from several relays at once; each answer is verified.

Each relay is requested in its own thread, for at most ``TOTAL_S``: a relay that lies, stalls or
sends without end does not delay the others.
"""

import time
from collections.abc import Callable
from http import HTTPStatus
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

import requests
from django.conf import settings

from core.errors import Refusal
from lottery.beacon import (
    MAX_ANSWER_BYTES,
    BadBeacon,
    BadChainInfo,
    BadRound,
    ChainInfo,
    Round,
    read_chain_info,
    read_round,
    verify_round,
)

CONNECT_S, READ_S = 5.0, 10.0  # for a connection; for the next bytes
TOTAL_S = 20.0  # for all relays together
# The answers of relays for a round that is not signed yet.
NOT_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.TOO_EARLY)
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}

Found = TypeVar("Found")


class RoundNotThere(Refusal):
    """No relay has the round, or none can be reached; retry later."""


class NoRelayAnswered(RoundNotThere):
    """No relay gave a usable answer."""


class RelayFailed(Refusal):
    """A relay gave no usable answer: it is unreachable, slow, or sent something else."""


def fetch_round(chain: ChainInfo, number: int) -> Round:
    """Return a verified round of the chain from the first relay of ``DRAND_RELAYS`` to answer.

    Raises:
        RoundNotThere: a relay answers that it has no such round yet, and none has it.
        NoRelayAnswered: no relay answered in time.
        BadRound: ``relays``: all answers are wrong.
    """

    def read(answer: bytes) -> Round:
        found = read_round(answer)
        if found.round != number:
            raise BadRound("round_number", f"Round {found.round} came for round {number}.")
        verify_round(chain, found)
        return found

    return request_relays(f"{chain.chain_hash}/public/{number}", read, BadRound)


def fetch_chain_info(chain_hash: str) -> ChainInfo:
    """Return the chain of this hash, checked against it, from the first relay to answer.

    Raises:
        RoundNotThere: a relay answers that it has no such chain, and none has it.
        NoRelayAnswered: no relay answered in time.
        BadChainInfo: ``relays``: all answers are wrong.
    """

    def read(answer: bytes) -> ChainInfo:
        found = read_chain_info(answer)
        if found.chain_hash != chain_hash:
            raise BadChainInfo("chain_hash", "It is another chain.")
        return found

    return request_relays(f"{chain_hash}/info", read, BadChainInfo)


def request_relays(path: str, read: Callable[[bytes], Found], bad: type[BadBeacon]) -> Found:
    """Request a path of every relay; return the first answer that ``read`` accepts.

    Raises:
        RoundNotThere, NoRelayAnswered: as for ``fetch_round``.
        BadBeacon: of the given class, with code ``relays``: there were answers, all of them wrong.
    """
    deadline = time.monotonic() + TOTAL_S
    answers: SimpleQueue[tuple[str, Found | Refusal]] = SimpleQueue()
    waiting_for = list(settings.DRAND_RELAYS)

    def request(relay: str) -> None:
        try:
            answers.put((relay, read(request_relay(f"{relay}/{path}", deadline))))
        except Refusal as refusal:
            answers.put((relay, refusal))

    for relay in waiting_for:
        # A daemon, so that the process can end while a relay still sends.
        Thread(target=request, args=[relay], name=f"request {relay}", daemon=True).start()
    refusals: dict[str, Refusal] = {}
    while len(refusals) < len(waiting_for):
        try:
            relay, found = answers.get(timeout=max(0, deadline - time.monotonic()))
        except Empty:
            break
        if not isinstance(found, Refusal):
            return found
        refusals[relay] = found
    late = RelayFailed("It did not answer in time.")
    raise combine_refusals({relay: refusals.get(relay, late) for relay in waiting_for}, bad)


def request_relay(url: str, deadline: float) -> bytes:
    """Return the body of a relay's answer; redirects are refused, size and time are limited.

    Raises:
        RoundNotThere: it does not have this yet.
        RelayFailed: it is unreachable, slow, or answers with another status.
    """
    try:
        with requests.get(
            url,
            headers=HEADERS,
            timeout=(CONNECT_S, READ_S),
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code in NOT_THERE:
                raise RoundNotThere("It does not have this yet.")
            if response.status_code != HTTPStatus.OK:
                raise RelayFailed(f"It answered with status {response.status_code}.")
            return read_body(response, deadline)
    except requests.RequestException as failure:
        raise RelayFailed(f"The request failed ({type(failure).__name__}).") from failure


def read_body(response: requests.Response, deadline: float) -> bytes:
    """Read the body byte by byte: a larger chunk would block until it is full.

    Raises:
        RelayFailed: the body is too long, or takes too long.
    """
    body = bytearray()
    for byte in response.iter_content(chunk_size=1):
        body += byte
        if len(body) > MAX_ANSWER_BYTES:
            raise RelayFailed(f"It sent more than {MAX_ANSWER_BYTES} bytes.")
        if time.monotonic() > deadline:
            raise RelayFailed("It did not finish in time.")
    return bytes(body)


def combine_refusals(refusals: dict[str, Refusal], bad: type[BadBeacon]) -> Refusal:
    """Return one refusal for the answers of all relays."""
    details = " ".join(f"{relay}: {refusal}" for relay, refusal in refusals.items())
    if any(type(refusal) is RoundNotThere for refusal in refusals.values()):
        return RoundNotThere(f"No relay has it yet. {details}")
    if any(isinstance(refusal, BadBeacon) for refusal in refusals.values()):
        return bad("relays", f"No answer of a relay could be verified. {details}")
    return NoRelayAnswered(f"No relay answered. {details}")
