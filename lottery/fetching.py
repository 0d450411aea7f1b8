"""Fetch a round from several relays at once; each answer is verified, so none has to be trusted.

Each relay is asked by a thread of its own that nobody waits for longer than ``TOTAL_S``: a relay
that lies, stalls or sends without end costs the others nothing.
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
    LARGEST_ANSWER,
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
# What relays say of a round that has not been signed yet.
NOT_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.TOO_EARLY)
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}

Found = TypeVar("Found")


class RoundNotThere(Refusal):
    """No relay has the round, or none can be reached; ask again later."""


class NoRelayAnswered(RoundNotThere):
    """No relay gave an answer that could be used."""


class RelayFailed(Refusal):
    """A relay gave no answer: it is away, slow, or says something else than asked."""


def fetch_round(chain: ChainInfo, number: int) -> Round:
    """Return a round of the chain, verified, from whichever relay of ``DRAND_RELAYS`` is first.

    Raises:
        RoundNotThere: a relay says that there is no such round yet, and none has it.
        NoRelayAnswered: no relay answered in time.
        BadRound: ``relays``, for what the relays gave is not the chain's round.
    """

    def read(answer: bytes) -> Round:
        found = read_round(answer)
        if found.round != number:
            raise BadRound("round_number", f"Round {found.round} came for round {number}.")
        verify_round(chain, found)
        return found

    return ask_relays(f"{chain.chain_hash}/public/{number}", read, BadRound)


def fetch_chain_info(chain_hash: str) -> ChainInfo:
    """Return the chain of this hash, checked against it, from whichever relay is first.

    Raises:
        RoundNotThere: a relay says that there is no such chain, and none has it.
        NoRelayAnswered: no relay answered in time.
        BadChainInfo: ``relays``, for what the relays gave is not this chain.
    """

    def read(answer: bytes) -> ChainInfo:
        found = read_chain_info(answer)
        if found.chain_hash != chain_hash:
            raise BadChainInfo("chain_hash", "It is another chain.")
        return found

    return ask_relays(f"{chain_hash}/info", read, BadChainInfo)


def ask_relays(path: str, read: Callable[[bytes], Found], bad: type[BadBeacon]) -> Found:
    """Ask every relay for a path; return the first answer that ``read`` takes.

    Raises:
        RoundNotThere, NoRelayAnswered: as ``fetch_round`` says.
        BadBeacon: of the kind given, with code ``relays``: there were answers, and all bad.
    """
    deadline = time.monotonic() + TOTAL_S
    answers: SimpleQueue[tuple[str, Found | Refusal]] = SimpleQueue()
    waiting_for = list(settings.DRAND_RELAYS)

    def ask(relay: str) -> None:
        try:
            answers.put((relay, read(ask_relay(f"{relay}/{path}", deadline))))
        except Refusal as refusal:
            answers.put((relay, refusal))

    for relay in waiting_for:
        # A daemon: the process may end while a relay still drips.
        Thread(target=ask, args=[relay], name=f"ask {relay}", daemon=True).start()
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
    raise summed_up({relay: refusals.get(relay, late) for relay in waiting_for}, bad)


def ask_relay(url: str, deadline: float) -> bytes:
    """Return what a relay answers; it may lead nowhere else, and not send without end.

    Raises:
        RoundNotThere: it says that it does not have this.
        RelayFailed: it is away, slow, or says something else.
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
        raise RelayFailed(f"It could not be asked ({type(failure).__name__}).") from failure


def read_body(response: requests.Response, deadline: float) -> bytes:
    """Return the body of an answer, byte by byte: a block would wait for all bytes of it.

    Raises:
        RelayFailed: it is too long, or takes too long.
    """
    body = bytearray()
    for byte in response.iter_content(chunk_size=1):
        body += byte
        if len(body) > LARGEST_ANSWER:
            raise RelayFailed(f"It sent more than {LARGEST_ANSWER} bytes.")
        if time.monotonic() > deadline:
            raise RelayFailed("It did not finish in time.")
    return bytes(body)


def summed_up(refusals: dict[str, Refusal], bad: type[BadBeacon]) -> Refusal:
    """Return the one refusal for what all relays said."""
    said = " ".join(f"{relay}: {refusal}" for relay, refusal in refusals.items())
    if any(type(refusal) is RoundNotThere for refusal in refusals.values()):
        return RoundNotThere(f"No relay has it yet. {said}")
    if any(isinstance(refusal, BadBeacon) for refusal in refusals.values()):
        return bad("relays", f"No relay gave what can be verified. {said}")
    return NoRelayAnswered(f"No relay answered. {said}")
