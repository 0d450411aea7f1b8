"""Fetching a round: what relays may do, and that none of it stops the others."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from pytest_django import Settings

from lottery import fetching
from lottery.beacon import QUICKNET, BadChainInfo, BadRound
from lottery.fetching import NoRelayAnswered, RoundNotThere, fetch_chain_info, fetch_round
from tests.lottery.relays import (
    Behaviour,
    drips,
    floods,
    gives,
    gives_info,
    hangs_up,
    says,
    serve,
    stalls,
)
from tests.lottery.rounds import ACCEPTED, MOVED, REAL

Open = Callable[..., list[str]]
NOBODY = "http://127.0.0.1:9"  # the port of discard: nothing listens there
# Relays that give nothing that can be used, by how.
UNUSABLE: dict[str, Behaviour] = {
    "lies about the randomness": gives(replace(REAL, randomness="00" * 32)),
    "gives another round's signature": gives(replace(ACCEPTED["the first"], round=1000)),
    "gives another round": gives(ACCEPTED["one of 2026"]),
    "gives a signature outside the subgroup": gives(replace(REAL, signature=MOVED)),
    "gives garbage": says(b"\xff\x00 not JSON"),
    "gives nothing": says(b""),
    "gives a page": says(b"<html>"),
    "floods": floods,
    "hangs up": hangs_up,
    "sends too much": says(b" " * 65_537),
    "does not have it": says(b"{}", 404),
    "says it is too early": says(b"{}", 425),
    "is broken": says(b"{}", 500),
    "leads elsewhere": says(b"", 302, Location="/good/elsewhere"),
    "stalls": stalls,
    "drips": drips,
}


@pytest.fixture
def open_relays(settings: Settings) -> Iterator[Open]:
    """Give a function that opens relays, each under an address of its own, and lists questions."""
    with ExitStack() as stack:

        def open_these(*behaviours: Behaviour) -> list[str]:
            named = {str(number): behaviour for number, behaviour in enumerate(behaviours)}
            address, requested = stack.enter_context(serve(named))
            settings.DRAND_RELAYS = [f"{address}/{name}" for name in named]
            return requested

        yield open_these


@pytest.fixture
def _in_half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for relays less long: those of these tests never answer."""
    monkeypatch.setattr(fetching, "TOTAL_S", 0.5)


def test_fetch_round_requests_the_round_of_the_chain(open_relays: Open) -> None:
    requested = open_relays(gives(REAL))

    assert fetch_round(QUICKNET, 1000) == REAL
    assert requested == [f"{QUICKNET.chain_hash}/public/1000"]


@pytest.mark.parametrize(
    "behaviour", [pytest.param(behaviour, id=name) for name, behaviour in UNUSABLE.items()]
)
def test_fetch_round_takes_it_from_another_relay(open_relays: Open, behaviour: Behaviour) -> None:
    open_relays(behaviour, gives(REAL))

    assert fetch_round(QUICKNET, 1000) == REAL


def test_fetch_round_takes_it_where_all_others_fail(open_relays: Open, settings: Settings) -> None:
    open_relays(*UNUSABLE.values(), gives(REAL))
    settings.DRAND_RELAYS = [NOBODY, *settings.DRAND_RELAYS]

    assert fetch_round(QUICKNET, 1000) == REAL


@pytest.mark.parametrize(
    "name",
    [
        "lies about the randomness",
        "gives another round's signature",
        "gives another round",
        "gives a signature outside the subgroup",
        "gives garbage",
        "gives nothing",
        "gives a page",
    ],
)
def test_fetch_round_refuses_what_does_not_verify(open_relays: Open, name: str) -> None:
    open_relays(UNUSABLE[name], UNUSABLE["is broken"])

    with pytest.raises(BadRound) as refused:
        fetch_round(QUICKNET, 1000)

    assert refused.value.code == "relays"


@pytest.mark.parametrize("name", ["does not have it", "says it is too early"])
def test_fetch_round_says_that_the_round_is_not_there(open_relays: Open, name: str) -> None:
    open_relays(UNUSABLE[name], UNUSABLE["gives garbage"], UNUSABLE["is broken"])

    with pytest.raises(RoundNotThere) as refused:
        fetch_round(QUICKNET, 1000)

    assert type(refused.value) is RoundNotThere


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param("is broken", "status 500", id="is broken"),
        pytest.param("leads elsewhere", "status 302", id="leads elsewhere"),
        pytest.param("sends too much", "more than 65536 bytes", id="sends too much"),
        pytest.param("floods", "more than 65536 bytes", id="floods"),
        pytest.param("hangs up", "request failed", id="hangs up"),
    ],
)
def test_fetch_round_says_why_no_relay_answered(
    open_relays: Open, name: str, sentence: str
) -> None:
    requested = open_relays(UNUSABLE[name])

    with pytest.raises(NoRelayAnswered, match=sentence):
        fetch_round(QUICKNET, 1000)

    assert requested == [f"{QUICKNET.chain_hash}/public/1000"]


@pytest.mark.usefixtures("_in_half_a_second")
@pytest.mark.parametrize("name", ["stalls", "drips"])
def test_fetch_round_waits_for_no_relay_without_end(open_relays: Open, name: str) -> None:
    open_relays(UNUSABLE[name])

    with pytest.raises(NoRelayAnswered, match="in time"):
        fetch_round(QUICKNET, 1000)


def test_fetch_round_says_that_no_relay_is_reachable(settings: Settings) -> None:
    settings.DRAND_RELAYS = [NOBODY]

    with pytest.raises(NoRelayAnswered, match="ConnectionError"):
        fetch_round(QUICKNET, 1000)


def test_fetch_chain_info_reads_the_chain_of_the_hash(open_relays: Open) -> None:
    requested = open_relays(gives_info(period=4), gives_info())

    assert fetch_chain_info(QUICKNET.chain_hash) == QUICKNET
    assert f"{QUICKNET.chain_hash}/info" in requested


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(gives_info(period=4), id="another period under the hash"),
        pytest.param(gives_info(hash="00" * 32), id="another hash"),
        pytest.param(says(b"[]"), id="garbage"),
    ],
)
def test_fetch_chain_info_refuses_another_chain(open_relays: Open, behaviour: Behaviour) -> None:
    open_relays(behaviour)

    with pytest.raises(BadChainInfo) as refused:
        fetch_chain_info(QUICKNET.chain_hash)

    assert refused.value.code == "relays"
