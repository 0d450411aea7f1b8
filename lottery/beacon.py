"""The public beacon: chains, rounds, their times, and the strict check of a round.

A round is one random value of the beacon, a BLS signature that nobody can know or choose before its
time; the draw's seed is computed from it. Source: docs/specs/draw-protocol.md 3.1.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import TypeVar

from pyblst import BlstP1Element, BlstP2Element, final_verify, miller_loop

from core.canonical_json import canonical_json
from core.errors import Refusal
from core.strict_json import parse_object, value_of

SCHEME = "bls-unchained-g1-rfc9380"
SIGNATURE_DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
SIGNATURE_SIZE, PUBLIC_KEY_SIZE, HASH_SIZE = 48, 96, 32  # bytes
MAX_ANSWER_BYTES = 65_536  # a round has some 250, chain information some 500
MAX_EXACT_NUMBER = 2**53 - 1  # every JSON reader keeps whole numbers up to here exactly
MAX_PERIOD_S = 2**32 - 1  # the chain hash has 32 bits for it
Point = TypeVar("Point", BlstP1Element, BlstP2Element)
LOWER_HEX = re.compile(r"(?:[0-9a-f]{2})+")
PRINTABLE = re.compile(r"[\x20-\x7e]+")
# The points at infinity, compressed, and the generator of G2.
INFINITY_1 = bytes([0xC0]) + bytes(SIGNATURE_SIZE - 1)
INFINITY_2 = bytes([0xC0]) + bytes(PUBLIC_KEY_SIZE - 1)
GENERATOR_2 = BlstP2Element.uncompress(
    bytes.fromhex(
        "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049"
        "334cf11213945d57e5ac7d055d042b7e024aa2b2f08f0a91260805272dc51051"
        "c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
    )
)
# Errors of blst for bytes that are no point of the group, with our code and sentence.
POINT_FAULTS = {
    "POINT_NOT_IN_GROUP": ("outside_subgroup", "is a point outside the prime-order subgroup"),
    "POINT_NOT_ON_CURVE": ("not_on_curve", "is no point of the curve"),
}
OTHER_POINT_FAULT = ("not_canonical", "is no canonical compressed point")


class BadBeacon(Refusal):
    """A beacon's data cannot be used; ``code`` names the fault for programs."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class BadChainInfo(BadBeacon):
    """The data is no chain whose rounds can be verified."""


class BadRound(BadBeacon):
    """The data is not the chain's round."""


@dataclass(frozen=True)
class Round:
    """One value of a beacon: number from 1, signature and randomness in lower-case hex."""

    round: int
    signature: str
    randomness: str


@dataclass(frozen=True)
class ChainInfo:
    """What identifies a beacon chain. Hex is lower case; ``genesis_time`` is Unix seconds."""

    chain_hash: str
    public_key: str
    scheme: str
    genesis_time: int
    period: int  # seconds between two rounds
    group_hash: str
    beacon_id: str

    def time_of(self, number: int) -> int:
        """Return the Unix second at which a round appears; round 1 appears at genesis.

        Raises:
            BadRound: ``round_number``: there is no round below 1.
        """
        check_round_number(number)
        return self.genesis_time + (number - 1) * self.period

    def first_round_at(self, unix_seconds: int) -> int:
        """Return the first round that appears at this second or later; round 1 before genesis.

        The caller rounds an instant with a fraction of a second up.
        """
        return max(0, -((self.genesis_time - unix_seconds) // self.period)) + 1


QUICKNET = ChainInfo(
    chain_hash="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    public_key=(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
        "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
        "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    scheme=SCHEME,
    genesis_time=1692803367,
    period=3,
    group_hash="f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
    beacon_id="quicknet",
)


def chain_hash(chain: ChainInfo) -> str:
    """Return the hash of a chain's other values, in hex.

    The values must have the form that ``check_chain`` requires.
    """
    named = b"" if chain.beacon_id == "default" else chain.beacon_id.encode()
    return hashlib.sha256(
        chain.period.to_bytes(4, "big")
        + chain.genesis_time.to_bytes(8, "big", signed=True)
        + bytes.fromhex(chain.public_key)
        + bytes.fromhex(chain.group_hash)
        + named
    ).hexdigest()


def check_chain(chain: ChainInfo) -> None:
    """Check that a chain's values have the right form and hash to its name.

    Raises:
        BadChainInfo: ``scheme``, ``period``, ``genesis_time``, ``public_key``, ``group_hash``,
            ``beacon_id`` or ``chain_hash``, or a fault of the public key as a point.
    """
    key = hex_bytes(chain.public_key, PUBLIC_KEY_SIZE)
    is_valid = {
        "scheme": chain.scheme == SCHEME,
        "period": 1 <= chain.period <= MAX_PERIOD_S,
        "genesis_time": 0 <= chain.genesis_time <= MAX_EXACT_NUMBER,
        "public_key": key is not None,
        "group_hash": hex_bytes(chain.group_hash, HASH_SIZE) is not None,
        "beacon_id": PRINTABLE.fullmatch(chain.beacon_id) is not None,
    }
    for name, is_fit in is_valid.items():
        if not is_fit:
            raise BadChainInfo(name, f"The chain's {name} is not as the scheme requires.")
    public_key_point(chain)
    if chain_hash(chain) != chain.chain_hash:
        raise BadChainInfo("chain_hash", "The chain's hash does not follow from its values.")


def check_round_number(number: int) -> None:
    """Check that a round of this number exists.

    Raises:
        BadRound: ``round_number``.
    """
    if not 1 <= number <= MAX_EXACT_NUMBER:
        raise BadRound("round_number", f"There is no round {number}.")


def verify_round(chain: ChainInfo, claimed: Round) -> None:
    """Verify that a round is the chain's own, byte for byte.

    The signature is checked as bytes, then as a point of the prime-order subgroup, and only then
    by the pairing: without the subgroup check the pairing accepts a changed signature with
    another hash, so that one could choose among several seeds.

    Raises:
        BadRound: ``round_number``; ``signature_form`` (not 48 bytes of lower-case hex);
            ``infinity``; ``not_canonical``, ``not_on_curve`` or ``outside_subgroup``;
            ``signature`` (of another round or another key); ``randomness``.
        BadChainInfo: the chain's public key is no point of the group.
    """
    check_round_number(claimed.round)
    signature = hex_bytes(claimed.signature, SIGNATURE_SIZE)
    if signature is None:
        raise BadRound("signature_form", "The signature is not 48 bytes in lower-case hex.")
    point = signature_point(signature)
    signed = miller_loop(point, GENERATOR_2)
    expected = miller_loop(message_point(claimed.round), public_key_point(chain))
    if not final_verify(signed, expected):
        raise BadRound("signature", f"The signature is not the chain's for round {claimed.round}.")
    if hashlib.sha256(signature).hexdigest() != claimed.randomness:
        raise BadRound("randomness", "The randomness is not the hash of the signature.")


def signature_point(signature: bytes) -> BlstP1Element:
    """Decode a signature's 48 bytes to a point of G1.

    Raises:
        BadRound: ``infinity``, ``not_canonical``, ``not_on_curve`` or ``outside_subgroup``.
    """
    try:
        return read_point(BlstP1Element, signature, INFINITY_1)
    except NoPoint as fault:
        raise BadRound(fault.code, f"The signature {fault}.") from fault


def public_key_point(chain: ChainInfo) -> BlstP2Element:
    """Decode a chain's public key to a point of G2.

    Raises:
        BadChainInfo: ``infinity``, ``not_canonical``, ``not_on_curve`` or ``outside_subgroup``.
    """
    try:
        return read_point(BlstP2Element, bytes.fromhex(chain.public_key), INFINITY_2)
    except NoPoint as fault:
        raise BadChainInfo(fault.code, f"The chain's public key {fault}.") from fault


class NoPoint(BadBeacon):
    """The bytes are no point of the group of keys or signatures."""


def read_point(group: type[Point], encoded: bytes, infinity: bytes) -> Point:
    """Decode bytes to a point of the prime-order subgroup that is not its zero.

    ``uncompress`` checks the subgroup. Compressing the point again and comparing the bytes refuses
    other encodings, whatever a later version of blst accepts.

    Raises:
        NoPoint: ``infinity``, ``not_canonical``, ``not_on_curve`` or ``outside_subgroup``.
    """
    if encoded == infinity:
        raise NoPoint("infinity", "is the point at infinity")
    try:
        point = group.uncompress(encoded)
    except ValueError as error:
        named = (fault for word, fault in POINT_FAULTS.items() if word in str(error))
        raise NoPoint(*next(named, OTHER_POINT_FAULT)) from error
    if point.compress() != encoded:
        raise NoPoint(*OTHER_POINT_FAULT)
    return point


def message_point(number: int) -> BlstP1Element:
    """Return the point of G1 that a round signs: the hash of its number."""
    message = hashlib.sha256(number.to_bytes(8, "big")).digest()
    return BlstP1Element.hash_to_group(message, SIGNATURE_DST)


def hex_bytes(text: str, size: int) -> bytes | None:
    """Decode lower-case hex of exactly so many bytes; return None for anything else."""
    return bytes.fromhex(text) if len(text) == 2 * size and LOWER_HEX.fullmatch(text) else None


def round_json(value: Round) -> bytes:
    """Return ``round.json`` of the bundle: the round in canonical JSON."""
    return canonical_json(
        {"round": value.round, "signature": value.signature, "randomness": value.randomness}
    )


def read_round(text: bytes) -> Round:
    """Parse a round in the form of drand's ``/public/N``; other keys are ignored.

    ``verify_round`` verifies it.

    Raises:
        BadRound: ``unreadable``.
    """
    try:
        content = parse_object(text, max_bytes=MAX_ANSWER_BYTES)
        return Round(
            round=value_of(content, "round", int),
            signature=value_of(content, "signature", str),
            randomness=value_of(content, "randomness", str),
        )
    except ValueError as error:
        raise BadRound("unreadable", f"The round cannot be read: {error}.") from error


def read_chain_info(text: bytes) -> ChainInfo:
    """Parse and check a chain in the form of drand's ``/info``.

    Raises:
        BadChainInfo: ``unreadable``, or what ``check_chain`` finds.
    """
    try:
        content = parse_object(text, max_bytes=MAX_ANSWER_BYTES)
        chain = ChainInfo(
            chain_hash=value_of(content, "hash", str),
            public_key=value_of(content, "public_key", str),
            scheme=value_of(content, "schemeID", str),
            genesis_time=value_of(content, "genesis_time", int),
            period=value_of(content, "period", int),
            group_hash=value_of(content, "groupHash", str),
            beacon_id=value_of(value_of(content, "metadata", dict), "beaconID", str),
        )
    except ValueError as error:
        raise BadChainInfo("unreadable", f"The chain cannot be read: {error}.") from error
    check_chain(chain)
    return chain
