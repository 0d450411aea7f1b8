"""Forged rounds of a beacon, each with its fault."""

from dataclasses import replace
from typing import Any

from py_ecc.bls.point_compression import compress_G1, decompress_G1
from py_ecc.bls.typing import G1Compressed
from py_ecc.optimized_bls12_381 import FQ, add

from tests.lottery.forgeries import FILES, PLAN
from tests.lottery.reference import (
    OTHER_SECRET,
    QUICKNET,
    Files,
    canonical,
    drawn_files,
    local_beacon,
    local_round,
    sha,
)
from tests.lottery.rounds import ACCEPTED, MOVED

REAL = ACCEPTED["one of 2026"]


def public(signature: str, *, number: int = REAL.round) -> Files:
    """Return a bundle drawn by the public chain with this signature, valid or not."""
    randomness = sha(bytes.fromhex(signature)).hex()
    terms = {"closes_at": 1690000000}  # before any round of the chain
    plan = replace(PLAN, beacon=QUICKNET, number=number, terms=terms)
    return drawn_files(replace(plan, signed=(signature, randomness)))


def moved_by_order_three(signature: str) -> str:
    """Return a signature moved out of the subgroup: the pairing holds, the hash is another."""
    small = (FQ(0), FQ(2), FQ(1))
    real = decompress_G1(G1Compressed(int(signature, 16)))
    return compress_G1(add(real, small)).to_bytes(48, "big").hex()


def at_infinity() -> dict[str, Any]:
    """Return a chain whose key is the zero of the group: any zero would be its signature."""
    chain = local_beacon() | {"public_key": "c0" + "00" * 95}
    hashed = (
        (3).to_bytes(4, "big")
        + int(chain["genesis_time"]).to_bytes(8, "big")
        + bytes.fromhex(chain["public_key"] + chain["group_hash"])
        + b"pointdraw-local"
    )
    return chain | {"chain_hash": sha(hashed).hex()}


ROUNDS = {
    "another round of the chain": (
        lambda: drawn_files(replace(PLAN, signed=local_round(PLAN.number + 1))),
        "not the beacon's for this round",
    ),
    "another chain's round": (
        lambda: drawn_files(replace(PLAN, signed=local_round(PLAN.number, OTHER_SECRET))),
        "not the beacon's for this round",
    ),
    "randomness of its own": (
        lambda: drawn_files(replace(PLAN, signed=(local_round(PLAN.number)[0], "ab" * 32))),
        "randomness is not the hash",
    ),
    "the point at infinity": (
        lambda: public("c0" + "00" * 47),
        "point at infinity",
    ),
    "the real signature moved out of the subgroup": (
        lambda: public(moved_by_order_three(REAL.signature)),
        "outside the right subgroup",
    ),
    "a published one moved out of the subgroup": (
        lambda: public(MOVED, number=1000),
        "outside the right subgroup",
    ),
    "a point of order three": (lambda: public("80" + "00" * 47), "canonical point"),
    "a coordinate beyond the field": (
        lambda: public(
            "9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf"
            "6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaac"
        ),
        "canonical point",
    ),
    "infinity with a mark more": (lambda: public("e0" + "00" * 47), "canonical point"),
    "no mark of compression": (lambda: public("0" + REAL.signature[1:]), "canonical point"),
    "the negative of the signature": (
        lambda: public(f"{int(REAL.signature, 16) ^ 1 << 381:096x}"),
        "not the beacon's for this round",
    ),
    "twice the bytes": (lambda: public(REAL.signature * 2), "48 bytes"),
    "upper case": (
        lambda: drawn_files(
            replace(
                PLAN,
                beacon=QUICKNET,
                number=REAL.round,
                signed=(REAL.signature.upper(), REAL.randomness),
            )
        ),
        "48 bytes",
    ),
    "another key at infinity, its rounds with it": (
        lambda: drawn_files(
            replace(
                PLAN,
                beacon=at_infinity(),
                signed=("c0" + "00" * 47, sha(b"\xc0" + bytes(47)).hex()),
            )
        ),
        "infinity",
    ),
    "a round.json of another round": (
        lambda: (
            FILES
            | {
                "round.json": canonical(
                    {
                        "round": 5,
                        "signature": local_round(5)[0],
                        "randomness": local_round(5)[1],
                    }
                )
            }
        ),
        "not the round that the manifest names",
    ),
}
