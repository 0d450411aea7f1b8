"""Bundles that an organiser could make: all hashes and signatures right, the draw wrong.

Each by name, with the step that refuses it, or the fault of its round.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from py_ecc.bls.point_compression import compress_G1, decompress_G1
from py_ecc.bls.typing import G1Compressed
from py_ecc.optimized_bls12_381 import FQ, add

from tests.lottery.reference import (
    OTHER_SECRET,
    QUICKNET,
    Entry,
    Files,
    Plan,
    canonical,
    cut_of,
    drawn_files,
    entries_of,
    frozen_files,
    local_beacon,
    local_round,
    merkle_root,
    ordered,
    rows_of,
    seed_of,
    sha,
    signed,
    ticket_of,
    with_result,
)
from tests.lottery.rounds import ACCEPTED, MOVED

PLAN = Plan()
FILES = drawn_files(PLAN)
SEED = seed_of(PLAN, FILES["manifest.json"])
ORDER = ordered(PLAN, SEED)
WINNERS = cut_of(PLAN, ORDER)[0]
ROUND_TIME = PLAN.beacon["genesis_time"] + (PLAN.number - 1) * 3
REAL = ACCEPTED["one of 2026"]


def drawn_by(rows: list[Entry], plan: Plan = PLAN) -> Files:
    """Return a bundle with these rows as the draw's, and the hashes that go with them."""
    return with_result(plan, frozen_files(plan), rows_of(rows))


def with_rows(change: Callable[[bytes], bytes]) -> Files:
    """Return a bundle whose winners.csv is written otherwise, its hash with it."""
    return with_result(PLAN, frozen_files(PLAN), change(FILES["winners.csv"]))


def with_cell(row: int, column: int, text: str) -> Files:
    """Return a bundle with one cell of winners.csv another, its hash with it."""

    def change(content: bytes) -> bytes:
        lines = [line.split(",") for line in content.decode().splitlines()]
        lines[row][column] = text
        return "".join(",".join(line) + "\n" for line in lines).encode()

    return with_rows(change)


def resigned(**fields: Any) -> Files:
    """Return a drawn bundle whose manifest has other values, signed, and drawn by its own hash."""
    return drawn_files(replace(PLAN, manifest=fields))


def rebeaconed(**fields: Any) -> Files:
    """Return a drawn bundle whose manifest has other values of the beacon, signed."""
    content = json.loads(FILES["manifest.json"])
    return resigned(beacon=content["beacon"] | fields)


def with_entries(entries: list[Entry], root: bytes | None = None) -> Files:
    """Return a drawn bundle with this list as entries.bin, the hashes with it."""
    content = b"".join(entry.record for entry in entries)
    fields: dict[str, Any] = {
        "entry_count": len(entries),
        "entries_sha256": sha(content).hex(),
    }
    if root is not None:
        fields["merkle_root"] = root.hex()
    return resigned(**fields) | {"entries.bin": content}


def with_a_short_record() -> Files:
    """Return a drawn bundle whose last record lacks a byte, all hashes with it."""
    records = [entry.record for entry in entries_of(PLAN)]
    records[-1] = records[-1][:-1]
    content = b"".join(records)
    root = merkle_root(records).hex()
    return resigned(entries_sha256=sha(content).hex(), merkle_root=root) | {"entries.bin": content}


def doubling_root(level: list[bytes]) -> bytes:
    """Return the root of a tree that doubles its odd nodes: two lists may share it."""
    while len(level) > 1:
        level = [*level, level[-1]] if len(level) % 2 else level
        level = [
            sha(b"\x01" + left + right) for left, right in zip(level[::2], level[1::2], strict=True)
        ]
    return level[0]


def seeded_by(seed: bytes) -> Files:
    """Return a bundle drawn by another seed, which result.json names."""
    order = sorted(entries_of(PLAN), key=lambda entry: (ticket_of(seed, entry.pid), entry.pid))
    winners = cut_of(PLAN, order)[0]
    plan = replace(PLAN, result={"seed": seed.hex()})
    return with_result(plan, frozen_files(plan), rows_of(order[: winners + 1]))


def public(signature: str, *, number: int = REAL.round) -> Files:
    """Return a bundle drawn by the public chain with this signature, whatever it is."""
    randomness = sha(bytes.fromhex(signature)).hex()
    return drawn_files(Plan(beacon=QUICKNET, number=number, signed=(signature, randomness)))


def moved_by_order_three(signature: str) -> str:
    """Return a signature moved out of the subgroup: the pairing holds, the hash is another."""
    small = (FQ(0), FQ(2), FQ(1))
    real = decompress_G1(G1Compressed(int(signature, 16)))
    return compress_G1(add(real, small)).to_bytes(48, "big").hex()


MANIFESTS = {
    "a previous draw that the first cannot have": (
        lambda: resigned(previous_manifest_sha256="ab" * 32),
        1,
    ),
    "a later draw without its previous one": (lambda: resigned(sequence=2), 1),
    "another protocol": (lambda: resigned(schema="pointdraw/2"), 1),
    "a fraction for the budget": (lambda: resigned(budget=30000.5), 1),
    "a budget beyond 53 bits": (lambda: resigned(budget=2**53), 1),
    "a truth for the sequence": (lambda: resigned(sequence=True), 1),
    "a negative cap": (lambda: resigned(reward_cap=-1), 1),
    "a policy of its own": (lambda: resigned(policy="skip"), 1),
    "a day that is none": (lambda: resigned(credit_on="2025-02-30"), 1),
    "a text that is not ASCII": (lambda: resigned(campaign="年末"), 1),
    "a signing key that did not sign": (lambda: resigned(signing_key="00" * 32), 1),
    "a beacon that is a list": (lambda: resigned(beacon=[]), 1),
    "a beacon with a key more": (lambda: rebeaconed(comment="x"), 1),
    "a list frozen after publish_by": (
        lambda: resigned(frozen_at=ROUND_TIME - PLAN.gap + 1),
        2,
    ),
    "publish_by after the gap begins": (lambda: resigned(publish_by=ROUND_TIME - 60), 2),
    "a gap that is not kept": (lambda: resigned(min_gap_s=60), 2),
    "terms of another hash": (lambda: resigned(terms_sha256="00" * 32), 3),
    "another verifier": (lambda: resigned(verifier_sha256="00" * 32), 3),
    "another budget than the terms": (lambda: resigned(budget=40_000), 3),
    "another cap than the terms": (lambda: resigned(reward_cap=30_000), 3),
    "another policy than the terms": (lambda: resigned(policy="partial"), 3),
    "another campaign than the terms": (lambda: resigned(campaign="012025121204"), 3),
    "another day of credit than the terms": (lambda: resigned(credit_on="2025-02-16"), 3),
    "another expiry than the terms": (lambda: resigned(expires_on="2027-03-31"), 3),
    "another time zone than the terms": (lambda: resigned(time_zone="UTC"), 3),
    "terms with a list that is not sorted": (
        lambda: drawn_files(Plan(terms={"kinds_free": ["b", "a"]})),
        3,
    ),
    "terms with a day that is none": (
        lambda: drawn_files(Plan(terms={"travel_first": "2024-13-01"})),
        3,
    ),
    "terms with a key more": (lambda: drawn_files(Plan(terms={"note": "x"})), 3),
    "an entry less than counted": (lambda: resigned(entry_count=8), 4),
    "an entry more than counted": (lambda: resigned(entry_count=6), 4),
    "entries of another hash": (lambda: resigned(entries_sha256="00" * 32), 4),
    "more entries than anybody has": (lambda: resigned(entry_count=2**53 - 1), 4),
    "entries that are not sorted": (lambda: with_entries(entries_of(PLAN)[::-1]), 4),
    "an entry twice": (lambda: with_entries([*entries_of(PLAN)[:1], *entries_of(PLAN)]), 4),
    "a pid twice with another reward": (
        lambda: with_entries(
            [replace(entries_of(PLAN)[0], reward=20_000), *entries_of(PLAN)],
        ),
        4,
    ),
    "a record cut short, the root with it": (with_a_short_record, 4),
    "an entry left out": (lambda: with_entries(entries_of(PLAN)[1:]), 5),
    "another root": (lambda: resigned(merkle_root="00" * 32), 5),
    "a root that doubles odd nodes": (
        lambda: with_entries(
            entries_of(PLAN),
            doubling_root([sha(b"\x00" + entry.record) for entry in entries_of(PLAN)]),
        ),
        5,
    ),
    "a root without the marks of leaf and node": (
        lambda: resigned(merkle_root=sha(b"".join(e.record for e in entries_of(PLAN))).hex()),
        5,
    ),
    "a round time that is not the round's": (
        lambda: resigned(
            beacon=json.loads(FILES["manifest.json"])["beacon"] | {"round_time": ROUND_TIME + 3},
            publish_by=ROUND_TIME + 3 - PLAN.gap,
        ),
        6,
    ),
    "another round than the time says": (lambda: rebeaconed(round=PLAN.number + 1), 6),
    "another scheme": (lambda: rebeaconed(scheme="pedersen-bls-unchained"), 6),
    "another chain's hash": (lambda: rebeaconed(chain_hash=QUICKNET["chain_hash"]), 6),
    "another period": (lambda: rebeaconed(period=6), 6),
    "another name": (lambda: rebeaconed(beacon_id="quicknet"), 6),
    "another key": (lambda: rebeaconed(public_key=local_beacon(OTHER_SECRET)["public_key"]), 6),
    "another key, the hash with it": (lambda: rebeaconed(**local_beacon(OTHER_SECRET)), 6),
    "a hash of K that is another": (lambda: resigned_after_the_draw(pid_key_sha256="00" * 32), 7),
    "a list frozen earlier than it was": (
        lambda: resigned_after_the_draw(frozen_at=ROUND_TIME - 2 * PLAN.gap),
        7,
    ),
    "an unknown previous draw": (
        lambda: resigned_after_the_draw(sequence=2, previous_manifest_sha256="ab" * 32),
        7,
    ),
}


def resigned_after_the_draw(**fields: Any) -> Files:
    """Return the drawn bundle with another manifest, signed, and the result left as it was."""
    manifest = canonical(json.loads(FILES["manifest.json"]) | fields)
    return FILES | {"manifest.json": manifest, "manifest.sig": signed(manifest, PLAN.signing_key)}


ROUNDS = {
    "another round of the chain": (
        lambda: drawn_files(Plan(signed=local_round(PLAN.number + 1))),
        "not the beacon's for this round",
    ),
    "another chain's round": (
        lambda: drawn_files(Plan(signed=local_round(PLAN.number, OTHER_SECRET))),
        "not the beacon's for this round",
    ),
    "randomness of its own": (
        lambda: drawn_files(Plan(signed=(local_round(PLAN.number)[0], "ab" * 32))),
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
            Plan(
                beacon=QUICKNET,
                number=REAL.round,
                signed=(REAL.signature.upper(), REAL.randomness),
            )
        ),
        "48 bytes",
    ),
    "another key at infinity, its rounds with it": (
        lambda: drawn_files(
            Plan(beacon=at_infinity(), signed=("c0" + "00" * 47, sha(b"\xc0" + bytes(47)).hex()))
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


RESULTS = {
    "a seed without the manifest": (
        lambda: seeded_by(sha(bytes.fromhex(local_round(PLAN.number)[1]))),
        7,
    ),
    "a seed that was picked": (lambda: seeded_by(bytes(32)), 7),
    "two winners exchanged": (lambda: drawn_by([ORDER[1], ORDER[0], *ORDER[2 : WINNERS + 1]]), 8),
    "an entry skipped": (
        lambda: drawn_by([*ORDER[: WINNERS - 1], *ORDER[WINNERS : WINNERS + 2]]),
        8,
    ),
    "an entry that does not fit skipped": (
        lambda: drawn_by([*ORDER[:WINNERS], *ORDER[WINNERS + 1 : WINNERS + 3]]),
        8,
    ),
    "ordered by what was spent": (
        lambda: drawn_by(sorted(ORDER, key=lambda entry: -entry.reward)[: WINNERS + 1]),
        8,
    ),
    "somebody twice": (lambda: drawn_by([*ORDER[:WINNERS], ORDER[0]]), 8),
    "somebody who is not in the list": (
        lambda: drawn_by([replace(ORDER[0], pid=bytes(16)), *ORDER[1 : WINNERS + 1]]),
        8,
    ),
    "more rows than entries": (lambda: drawn_by([*ORDER, ORDER[0]]), 8),
    "a rank with a zero before it": (lambda: with_cell(1, 0, "01"), 8),
    "a rank as a fraction": (lambda: with_cell(1, 0, "1.0"), 8),
    "a pid in upper case": (lambda: with_cell(1, 1, ORDER[0].pid.hex().upper()), 8),
    "a pid with a space": (lambda: with_cell(1, 1, " " + ORDER[0].pid.hex()), 8),
    "a row without columns": (lambda: with_rows(lambda rows: rows + b"\n"), 8),
    "another reward": (lambda: with_cell(1, 2, str(ORDER[0].reward + 1)), 9),
    "a reward of nothing": (lambda: with_cell(1, 2, "0"), 9),
    "a reward with a zero before it": (lambda: with_cell(1, 2, f"0{ORDER[0].reward}"), 9),
    "a reward with a sign": (lambda: with_cell(1, 2, f"+{ORDER[0].reward}"), 9),
    "a reward without end": (lambda: with_cell(1, 2, "9" * 60), 9),
    "another m": (lambda: with_cell(1, 3, ORDER[1].m.hex()), 9),
    "an m in upper case": (lambda: with_cell(1, 3, ORDER[0].m.hex().upper()), 9),
    "an m cut short": (lambda: with_cell(1, 3, ORDER[0].m.hex()[:-2]), 9),
    "a reward above the cap": (
        lambda: drawn_files(Plan(rewards=[25_000] * 5, cap=20_000, budget=60_000)),
        9,
    ),
    "a reward of nothing, committed to": (
        lambda: drawn_files(Plan(rewards=[0] * 5, budget=60_000)),
        9,
    ),
    "the row behind the cut left out": (lambda: drawn_by(ORDER[:WINNERS]), 10),
    "the last winner left out": (lambda: drawn_by(ORDER[: WINNERS - 1]), 10),
    "a row too many": (lambda: drawn_by(ORDER[: WINNERS + 2]), 10),
    "no row at all": (lambda: drawn_by([]), 10),
    "another cumulative": (lambda: with_cell(1, 4, "1"), 10),
    "a column more": (lambda: with_cell(1, 4, f"{ORDER[0].reward},"), 10),
    "another header": (lambda: with_rows(lambda rows: rows.replace(b"rank", b"Rank", 1)), 10),
    "no header": (lambda: with_rows(lambda rows: b"\n" + rows.split(b"\n", 1)[1]), 10),
    "line ends of another system": (
        lambda: with_rows(lambda rows: rows.replace(b"\n", b"\r\n")),
        10,
    ),
    "no line end at the end": (lambda: with_rows(lambda rows: rows[:-1]), 10),
    "a mark of byte order": (lambda: with_rows(lambda rows: b"\xef\xbb\xbf" + rows), 10),
    "a header in quotes": (lambda: with_rows(lambda rows: rows.replace(b"rank", b'"rank"', 1)), 10),
    "a winner more in the result": (
        lambda: drawn_files(Plan(result={"winners": WINNERS + 1})),
        10,
    ),
    "another total": (lambda: drawn_files(Plan(result={"total_points": 30_000})), 10),
    "another rest": (lambda: drawn_files(Plan(result={"leftover_points": 0})), 10),
    "another schema": (lambda: drawn_files(Plan(result={"schema": "pointdraw/1"})), 10),
    "a hash of other winners": (
        lambda: drawn_files(Plan(result={"winners_sha256": "00" * 32})),
        10,
    ),
    "the hash of another manifest": (
        lambda: drawn_files(Plan(result={"manifest_sha256": "00" * 32})),
        10,
    ),
    "a partial award counted as a winner": (
        lambda: drawn_files(
            Plan(policy="partial", result={"winners": cut_of(Plan(), ordered_partial())[0] + 1})
        ),
        10,
    ),
    "a partial award under stop": (
        lambda: drawn_files(Plan(result={"total_points": 30_000, "leftover_points": 0})),
        10,
    ),
    "no partial award under partial": (
        lambda: drawn_files(Plan(policy="partial", result={"total_points": 1})),
        10,
    ),
}


def ordered_partial() -> list[Entry]:
    plan = Plan(policy="partial")
    return ordered(plan, seed_of(plan, frozen_files(plan)["manifest.json"]))
