"""The beacon: what verifies, what is refused and why, and the times of rounds."""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py_ecc.bls.point_compression import compress_G1, decompress_G1
from py_ecc.bls.typing import G1Compressed
from py_ecc.optimized_bls12_381 import add, curve_order, is_inf, multiply

from lottery.beacon import (
    MAX_EXACT_NUMBER,
    QUICKNET,
    BadChainInfo,
    BadRound,
    ChainInfo,
    Round,
    chain_hash,
    check_chain,
    read_chain_info,
    read_round,
    round_json,
    verify_round,
)
from tests.lottery.rounds import ACCEPTED, REAL, REFUSED

GENESIS = QUICKNET.genesis_time
COFACTOR = 0x396C8C005555E1568C00AAAB0000AAAB  # of G1; its smallest primes are 3, 11 and 10177
INFO = {
    "public_key": QUICKNET.public_key,
    "period": 3,
    "genesis_time": GENESIS,
    "hash": QUICKNET.chain_hash,
    "groupHash": QUICKNET.group_hash,
    "schemeID": QUICKNET.scheme,
    "metadata": {"beaconID": "quicknet"},
}


def rehashed(**changes: Any) -> ChainInfo:
    """Return the public chain with other values and the hash that follows from them."""
    changed = replace(QUICKNET, **changes)
    return replace(changed, chain_hash=chain_hash(changed))


@pytest.mark.parametrize(
    "number", [pytest.param(value, id=name) for name, value in ACCEPTED.items()]
)
def test_verify_round_accepts_the_chains_own_rounds(number: Round) -> None:
    verify_round(QUICKNET, number)

    assert hashlib.sha256(bytes.fromhex(number.signature)).hexdigest() == number.randomness


@pytest.mark.parametrize(
    ("number", "signature", "code"),
    [pytest.param(*case, id=name) for name, case in REFUSED.items()],
)
def test_verify_round_refuses_by_name(number: int, signature: str, code: str) -> None:
    hashed = bytes.fromhex(signature) if code != "signature_form" else b""
    claimed = Round(number, signature, hashlib.sha256(hashed).hexdigest())

    with pytest.raises(BadRound) as refused:
        verify_round(QUICKNET, claimed)

    assert refused.value.code == code


@pytest.mark.parametrize("order", [3, 11, 10177])
def test_verify_round_refuses_the_real_signature_moved_out_of_the_subgroup(order: int) -> None:
    """Each such point passes the pairing and has another hash."""
    real = decompress_G1(G1Compressed(int(REAL.signature, 16)))
    small = point_of_order(order)
    moved = compress_G1(add(real, small)).to_bytes(48, "big")

    with pytest.raises(BadRound) as refused:
        verify_round(QUICKNET, Round(1000, moved.hex(), hashlib.sha256(moved).hexdigest()))

    assert refused.value.code == "outside_subgroup"


def point_of_order(order: int) -> Any:
    """Return a point of the curve of this small prime order."""
    others = COFACTOR * curve_order
    while others % order == 0:
        others //= order
    for x in range(100):
        with suppress(ValueError):
            small = multiply(decompress_G1(G1Compressed(2**383 + x)), others)
            if not is_inf(small) and is_inf(multiply(small, order)):
                return small
    raise AssertionError("no such point among the first")


@pytest.mark.parametrize(
    "randomness",
    [
        pytest.param(ACCEPTED["the first"].randomness, id="another round's"),
        pytest.param(REAL.randomness.upper(), id="upper case"),
        pytest.param("", id="none"),
        pytest.param(REAL.randomness + "\n", id="a line end behind it"),
    ],
)
def test_verify_round_refuses_other_randomness(randomness: str) -> None:
    with pytest.raises(BadRound) as refused:
        verify_round(QUICKNET, replace(REAL, randomness=randomness))

    assert refused.value.code == "randomness"


@pytest.mark.parametrize("number", [0, -1, MAX_EXACT_NUMBER + 1, 2**64])
def test_verify_round_refuses_a_number_that_no_round_has(number: int) -> None:
    with pytest.raises(BadRound) as refused:
        verify_round(QUICKNET, replace(REAL, round=number))

    assert refused.value.code == "round_number"


def test_verify_round_refuses_another_chains_key() -> None:
    other = rehashed(public_key=GENERATOR_OF_2)
    with pytest.raises(BadRound) as refused:
        verify_round(other, REAL)

    assert refused.value.code == "signature"


GENERATOR_OF_2 = (
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049"
    "334cf11213945d57e5ac7d055d042b7e024aa2b2f08f0a91260805272dc51051"
    "c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
)


def test_chain_hash_is_the_published_one() -> None:
    assert chain_hash(QUICKNET) == QUICKNET.chain_hash


def test_chain_hash_leaves_out_the_name_of_the_default_beacon() -> None:
    values = (
        bytes.fromhex("00000003")
        + GENESIS.to_bytes(8, "big")
        + bytes.fromhex(QUICKNET.public_key + QUICKNET.group_hash)
    )

    assert chain_hash(replace(QUICKNET, beacon_id="default")) == hashlib.sha256(values).hexdigest()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"scheme": "pedersen-bls-unchained"}, "scheme", id="another scheme"),
        pytest.param({"period": 0}, "period", id="no period"),
        pytest.param({"period": 2**32}, "period", id="a period beyond 32 bits"),
        pytest.param({"genesis_time": -1}, "genesis_time", id="genesis before 1970"),
        pytest.param({"genesis_time": 2**53}, "genesis_time", id="genesis beyond JSON"),
        pytest.param({"beacon_id": ""}, "beacon_id", id="no name"),
        pytest.param({"beacon_id": "クイック"}, "beacon_id", id="a name that is not ASCII"),
        pytest.param({"group_hash": "00"}, "group_hash", id="a short group hash"),
        pytest.param({"public_key": "00"}, "public_key", id="a short key"),
        pytest.param(
            {"public_key": QUICKNET.public_key.upper()}, "public_key", id="a key in upper case"
        ),
        pytest.param({"public_key": "c0" + 95 * "00"}, "infinity", id="a key at infinity"),
        pytest.param({"public_key": "00" * 96}, "not_canonical", id="a key of zeros"),
        pytest.param(
            {"public_key": "80" + 94 * "00" + "02"}, "outside_subgroup", id="a key outside G2"
        ),
        pytest.param({"chain_hash": "00" * 32}, "chain_hash", id="another hash"),
        pytest.param({"beacon_id": "default"}, "chain_hash", id="another name, the old hash"),
    ],
)
def test_check_chain_refuses_by_name(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(BadChainInfo) as refused:
        check_chain(replace(QUICKNET, **changes))

    assert refused.value.code == code


def test_check_chain_accepts_other_chains_of_the_scheme() -> None:
    other = rehashed(beacon_id="pointdraw-local", period=30, public_key=GENERATOR_OF_2)

    check_chain(other)

    assert other.chain_hash != QUICKNET.chain_hash


@pytest.mark.parametrize(
    ("instant", "number"),
    [
        pytest.param(0, 1, id="long before genesis"),
        pytest.param(GENESIS - 1, 1, id="a second before genesis"),
        pytest.param(GENESIS, 1, id="at genesis"),
        pytest.param(GENESIS + 1, 2, id="a second after genesis"),
        pytest.param(GENESIS + 3, 2, id="at the second round"),
        pytest.param(GENESIS + 4, 3, id="a second after the second round"),
        pytest.param(1786070388, 31089008, id="at a round of 2026"),
        pytest.param(1786070386, 31089008, id="two seconds before it"),
        pytest.param(1786070385, 31089007, id="three seconds before it"),
    ],
)
def test_first_round_at_names_the_round(instant: int, number: int) -> None:
    assert QUICKNET.first_round_at(instant) == number


@given(st.integers(0, 2**40), st.integers(1, 1000))
def test_first_round_at_is_the_first_that_is_not_before(instant: int, period: int) -> None:
    chain = replace(QUICKNET, period=period)
    number = chain.first_round_at(instant)

    assert chain.time_of(number) >= instant
    assert number == 1 or chain.time_of(number - 1) < instant


def test_time_of_has_no_round_before_the_first() -> None:
    with pytest.raises(BadRound) as refused:
        QUICKNET.time_of(0)

    assert refused.value.code == "round_number"
    assert QUICKNET.time_of(1) == GENESIS


def test_round_json_is_canonical() -> None:
    assert round_json(REAL) == (
        f'{{"randomness":"{REAL.randomness}","round":1000,"signature":"{REAL.signature}"}}'.encode()
    )
    assert read_round(round_json(REAL)) == REAL


def test_read_round_ignores_other_keys() -> None:
    text = json.dumps({"previous_signature": "00", **asdict(REAL), "more": [1.5, None]}, indent=2)

    assert read_round(text.encode()) == REAL


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"\xff", id="no UTF-8"),
        pytest.param("\ufeff{}".encode(), id="a BOM"),
        pytest.param(b"{}", id="nothing in it"),
        pytest.param(b"<html>", id="a page"),
        pytest.param(b'{"round":1000,"round":1001,"signature":"","randomness":""}', id="twice"),
        pytest.param(b'{"a":{"b":1,"b":2}}', id="twice deeper down"),
        pytest.param(b'{"round":true,"signature":"","randomness":""}', id="a truth as number"),
        pytest.param(b'{"round":1e3,"signature":"","randomness":""}', id="a fraction as number"),
        pytest.param(b'{"round":"1000","signature":"","randomness":""}', id="a text as number"),
        pytest.param(b'{"round":NaN,"signature":"","randomness":""}', id="NaN"),
        pytest.param(b'{"round":1,"signature":"","randomness":"","x":-Infinity}', id="infinity"),
        pytest.param(b'{"round":1,"signature":null,"randomness":""}', id="no signature"),
        pytest.param(b'{"round":1,"signature":"","randomness":1}', id="a number as text"),
        pytest.param(b'{"round":' + b"9" * 5000 + b"}", id="thousands of digits"),
        pytest.param(b'{"a":' * 13_000, id="nested too deeply"),
        pytest.param(b'{"a":' + b"[" * 101 + b"]" * 101 + b"}", id="nested too deeply, closed"),
        pytest.param(b'{"round":1,"signature":"","randomness":""}' + b" " * 65_536, id="too long"),
    ],
)
def test_read_round_refuses_what_is_no_round(text: bytes) -> None:
    with pytest.raises(BadRound) as refused:
        read_round(text)

    assert refused.value.code == "unreadable"


def test_read_chain_info_reads_what_drand_says() -> None:
    assert read_chain_info(json.dumps(INFO | {"extra": {"a": 1}}).encode()) == QUICKNET


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"hash": None}, "unreadable", id="no hash"),
        pytest.param({"period": True}, "unreadable", id="a truth as number"),
        pytest.param({"period": 3.0}, "unreadable", id="a fraction as number"),
        pytest.param({"metadata": []}, "unreadable", id="a list for the metadata"),
        pytest.param({"metadata": {}}, "unreadable", id="no name"),
        pytest.param({"schemeID": "pedersen-bls-chained"}, "scheme", id="another scheme"),
        pytest.param({"genesis_time": GENESIS + 1}, "chain_hash", id="another genesis"),
        pytest.param({"public_key": GENERATOR_OF_2}, "chain_hash", id="another key"),
    ],
)
def test_read_chain_info_refuses_by_name(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(BadChainInfo) as refused:
        read_chain_info(json.dumps(INFO | changes).encode())

    assert refused.value.code == code
