"""Forged manifests and lists, each with the step that refuses it."""

import json
from dataclasses import replace
from typing import Any

from tests.lottery.forgeries import FILES, PLAN
from tests.lottery.reference import (
    OTHER_SECRET,
    QUICKNET,
    Entry,
    Files,
    Plan,
    canonical,
    drawn_files,
    entries_of,
    local_beacon,
    merkle_root,
    sha,
    signed,
)

ROUND_TIME = PLAN.beacon["genesis_time"] + (PLAN.number - 1) * 3


def resigned(**fields: Any) -> Files:
    """Return a drawn bundle whose manifest has other values, signed, and drawn by its own hash."""
    return drawn_files(replace(PLAN, manifest=fields))


def rebeaconed(**fields: Any) -> Files:
    """Return a drawn bundle whose manifest has other values of the beacon, signed."""
    content = json.loads(FILES["manifest.json"])
    return resigned(beacon=content["beacon"] | fields)


def with_entries(entries: list[Entry], root: bytes | None = None) -> Files:
    """Return a drawn bundle with this list as entries.bin and the hashes to match."""
    content = b"".join(entry.record for entry in entries)
    fields: dict[str, Any] = {
        "entry_count": len(entries),
        "entries_sha256": sha(content).hex(),
    }
    if root is not None:
        fields["merkle_root"] = root.hex()
    return resigned(**fields) | {"entries.bin": content}


def with_a_short_record() -> Files:
    """Return a drawn bundle whose last record lacks a byte, with all hashes to match."""
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


def resigned_after_the_draw(**fields: Any) -> Files:
    """Return the drawn bundle with another manifest, signed, and the result left as it was."""
    manifest = canonical(json.loads(FILES["manifest.json"]) | fields)
    return FILES | {"manifest.json": manifest, "manifest.sig": signed(manifest, PLAN.signing_key)}


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
