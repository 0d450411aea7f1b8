"""Forged manifests and lists, each with the step that refuses it."""

import json
from dataclasses import replace
from typing import Any

from tests.lottery.forgeries import FILES, PLAN
from tests.lottery.reference import (
    ALL,
    BOOKINGS,
    ONE_EACH,
    OTHER_SECRET,
    QUICKNET,
    Entry,
    Files,
    canonical,
    drawn_files,
    entries_of,
    fixed,
    local_beacon,
    members,
    merkle_root,
    pool,
    prize,
    sha,
    signed,
    spent,
    winners,
)

ENTRIES = entries_of(PLAN)
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
        "lots_total": sum(entry.lots for entry in entries),
        "eligible": [sum(entry.may_win(number) for entry in entries) for number in (1, 2, 3, 4)],
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


def with_terms(**fields: Any) -> Files:
    """Return a drawn bundle whose terms and manifest both have other values."""
    content = json.loads(FILES["manifest.json"])
    shared = {key: value for key, value in fields.items() if key in content and key != "schema"}
    return drawn_files(replace(PLAN, terms=fields, manifest=shared))


def with_prize(number: int, **fields: Any) -> Files:
    """Return a drawn bundle one of whose prizes has other values, in terms and manifest."""
    prizes = [dict(one) for one in PLAN.prizes]
    prizes[number - 1] |= fields
    return with_terms(prizes=prizes)


def with_bookings(**fields: Any) -> Files:
    """Return a drawn bundle whose terms have other rules of bookings."""
    return with_terms(bookings=BOOKINGS | fields)


def with_entrant(**fields: Any) -> Files:
    """Return a drawn bundle with one entrant's fields replaced, and all else to match."""
    return drawn_files(replace(PLAN, forged={ONE.wester_id: fields}))


# 12,345 yen: 2 lots, and every prize.
ONE = next(entry for entry in entries_of(PLAN) if entry.wester_id == "M00000006")
# 5,000 yen: 1 lot, and every prize but the first.
LEAST = next(entry for entry in entries_of(PLAN) if entry.wester_id == "M00000001")
NO_TERMS = {"yen": 5000, "most": 4, "times": []}


MANIFESTS = {
    "a previous draw that the first cannot have": (
        lambda: resigned(previous_manifest_sha256="ab" * 32),
        1,
    ),
    "a later draw without its previous one": (lambda: resigned(sequence=2), 1),
    "another protocol": (lambda: resigned(schema="pointdraw/3"), 1),
    "the protocol before": (lambda: resigned(schema="pointdraw/1"), 1),
    "a fraction for the budget": (lambda: resigned(budget_points=2600.5), 1),
    "a budget beyond 53 bits": (lambda: resigned(budget_points=2**53), 1),
    "no budget": (lambda: resigned(budget_points=0), 1),
    "a truth for the sequence": (lambda: resigned(sequence=True), 1),
    "a negative number of eligible": (lambda: resigned(eligible=[-1, 12, 12, 12]), 1),
    "eligible of too few prizes": (lambda: resigned(eligible=[10, 12, 12]), 1),
    "no prize": (lambda: resigned(prizes=[], eligible=[]), 1),
    "seventeen prizes": (lambda: resigned(prizes=PLAN.prizes * 5, eligible=[1] * 20), 1),
    "an edge of its own": (lambda: resigned(edge="skip"), 1),
    "a day that is none": (lambda: resigned(expires_on="2025-02-30"), 1),
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
    "frozen a second before the entries closed": (
        lambda: with_terms(closes_at=ROUND_TIME - PLAN.gap - 59),
        2,
    ),
    "another budget than the terms": (lambda: resigned(budget_points=40_000), 3),
    "another edge than the terms": (lambda: resigned(edge="stop"), 3),
    "prizes in another order than the terms": (lambda: resigned(prizes=PLAN.prizes[::-1]), 3),
    "another campaign than the terms": (lambda: resigned(campaign="012025121204"), 3),
    "another instant of credit than the terms": (lambda: resigned(credit_at=1739581201), 3),
    "another expiry than the terms": (lambda: resigned(expires_on="2027-03-31"), 3),
    "another time zone than the terms": (lambda: resigned(time_zone="UTC"), 3),
    "terms with a key more": (lambda: with_terms(note="x"), 3),
    "terms of another schema": (lambda: with_terms(schema="campaign/1"), 3),
    "a code that is none": (lambda: with_terms(code="a code"), 3),
    "terms with a list that is not sorted": (lambda: with_bookings(kinds_free=["b", "a"]), 3),
    "terms with a value twice in a list": (lambda: with_bookings(kinds_free=["a", "a"]), 3),
    "terms without a service": (
        lambda: with_bookings(touches=[BOOKINGS["touches"][0] | {"services": []}]),
        3,
    ),
    "terms without a touch": (lambda: with_bookings(touches=[]), 3),
    "terms without a travel period": (lambda: with_bookings(travel=[]), 3),
    "a payment method that is empty": (lambda: with_bookings(payment_methods={"e5489": []}), 3),
    "a line that is not escaped": (
        lambda: with_bookings(touches=[BOOKINGS["touches"][0] | {"lines": ["100%"]}]),
        3,
    ),
    "a line escaped in lower case": (
        lambda: with_bookings(touches=[BOOKINGS["touches"][0] | {"lines": ["%e5%b1%b1"]}]),
        3,
    ),
    "a line escaped without need": (
        lambda: with_bookings(touches=[BOOKINGS["touches"][0] | {"lines": ["%41"]}]),
        3,
    ),
    "a line that is no UTF-8": (
        lambda: with_bookings(touches=[BOOKINGS["touches"][0] | {"lines": ["%E5%B1"]}]),
        3,
    ),
    "terms with a day that is none": (
        lambda: with_bookings(travel=[{"first": "2024-13-01", "last": "2025-01-06"}]),
        3,
    ),
    "a booking period without its end": (lambda: with_bookings(booked={"from": 1733000000}), 3),
    "a switch that is no 0 or 1": (lambda: with_bookings(stopovers_excluded=2), 3),
    "a truth where 1 stands": (lambda: with_bookings(stopovers_excluded=True), 3),
    "a series without its course": (lambda: with_terms(series={"code": "a", "carried": 0}), 3),
    "no minimum": (lambda: with_terms(minimum_total_yen=0), 3),
    "a minimum beyond all sums": (lambda: with_terms(minimum_total_yen=10**12 + 1), 3),
    "several lots though there is no price": (
        lambda: with_terms(lots={"yen": None, "most": 2, "times": []}),
        3,
    ),
    "more lots than a record has": (
        lambda: with_terms(
            lots={"yen": 1, "most": 32_768, "times": [{"when": ["ticketless"], "times": 2}]}
        ),
        3,
    ),
    "lots times one": (
        lambda: with_terms(lots=NO_TERMS | {"times": [{"when": ["ticketless"], "times": 1}]}),
        3,
    ),
    "lots times two for no fact": (
        lambda: with_terms(lots=NO_TERMS | {"times": [{"when": [], "times": 2}]}),
        3,
    ),
    "a prize with a key more": (lambda: with_prize(1, name="x"), 3),
    "a prize of another prize's code": (lambda: with_prize(1, code="p2"), 3),
    "a prize without a winner": (lambda: with_prize(1, take={"winners": 0}), 3),
    "a prize of one in one": (lambda: with_prize(1, take={"one_in": 1}), 3),
    "a prize of all or not": (lambda: with_prize(3, take={"all": 0}), 3),
    "a prize of two kinds of take": (lambda: with_prize(3, take={"all": 1, "winners": 3}), 3),
    "a prize of no take": (lambda: with_prize(3, take={}), 3),
    "a prize of a take that is none": (lambda: with_prize(3, take={"first": 3}), 3),
    "a prize with a minimum below the campaign's": (
        lambda: with_prize(1, minimum_total_yen=4999),
        3,
    ),
    "a prize beside others that draws winners": (lambda: with_prize(1, beside=1), 3),
    "a reward of another kind": (lambda: with_prize(1, reward={"kind": "gift", "points": 5}), 3),
    "a reward with a key more": (lambda: with_prize(1, reward=fixed(1000) | {"cap": 5}), 3),
    "a fixed reward of nothing": (lambda: with_prize(1, reward=fixed(0)), 3),
    "a reward of more than all that was spent, tenfold": (
        lambda: with_prize(1, reward=spent(1001)),
        3,
    ),
    "a cap for no fact": (
        lambda: with_prize(1, reward=spent() | {"cap_if": [{"when": [], "cap": 5}]}),
        3,
    ),
    "a reward of nothing at its minimum": (
        lambda: drawn_files(
            replace(PLAN, minimum=99, prizes=[prize(ALL, spent(1, 20_000))], members=members(100))
        ),
        3,
    ),
    "a pool that draws winners": (lambda: with_prize(4, take={"winners": 3}, beside=0), 3),
    "a pool with a minimum": (lambda: with_prize(4, minimum_total_yen=7000), 3),
    "an entry less than counted": (lambda: resigned(entry_count=13), 4),
    "an entry more than counted": (lambda: resigned(entry_count=11), 4),
    "entries of another hash": (lambda: resigned(entries_sha256="00" * 32), 4),
    "more entries than anybody has": (lambda: resigned(entry_count=2**53 - 1), 4),
    "entries that are not sorted": (lambda: with_entries(entries_of(PLAN)[::-1]), 4),
    "an entry twice": (lambda: with_entries([*entries_of(PLAN)[:1], *entries_of(PLAN)]), 4),
    "a pid twice with other lots": (
        lambda: with_entries([replace(entries_of(PLAN)[0], lots=4), *entries_of(PLAN)]),
        4,
    ),
    "another sum of lots": (lambda: resigned(lots_total=sum(e.lots for e in ENTRIES) + 1), 4),
    "lots that the terms cannot give": (lambda: with_entrant(lots=5), 4),
    "lots beyond the greatest": (lambda: with_entrant(lots=13), 4),
    "no lot": (lambda: with_entrant(lots=0), 4),
    "two lots where each has one": (
        lambda: drawn_files(
            replace(PLAN, lots=ONE_EACH, forged={ONE.wester_id: {"lots": 2}}),
        ),
        4,
    ),
    "more eligible than there are bits": (lambda: resigned(eligible=[11, 12, 12, 12]), 4),
    "fewer eligible than there are bits": (lambda: resigned(eligible=[10, 12, 12, 11]), 4),
    "a bit above the last prize": (lambda: with_entrant(mask=0b11111), 4),
    "a prize of the campaign's minimum missing": (lambda: with_entrant(mask=0b1101), 4),
    "a prize missing below one that was reached": (
        lambda: drawn_files(
            replace(
                PLAN,
                prizes=[
                    prize(winners(2), fixed(1000), minimum=7000),
                    prize(winners(2), fixed(500), minimum=6000),
                ],
                forged={ONE.wester_id: {"mask": 0b01}},
            )
        ),
        4,
    ),
    "a pool's bit missing": (lambda: with_entrant(mask=0b0111), 4),
    "a pool's bit though its share is nothing": (
        lambda: drawn_files(
            replace(
                PLAN,
                prizes=[prize(ALL, fixed(100)), prize(ALL, pool(10))],
                forged={ONE.wester_id: {"mask": 0b11}},
            )
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
