"""The public verifier accepts bundles of the protocol, and prints what it checked."""

import hmac
from contextlib import suppress
from dataclasses import replace
from operator import eq
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lottery import plans
from tests.lottery.reference import (
    ALL,
    BOOKINGS,
    QUICKNET,
    SIGNING_KEY,
    Member,
    Plan,
    canonical,
    drawn_files,
    entries_of,
    fixed,
    frozen_files,
    members,
    one_in,
    pool,
    prize,
    receipt_of,
    sha,
    spent,
    winners,
    write,
)
from tests.lottery.rounds import ACCEPTED, REFUSED
from tests.lottery.verifying import WARNING, verifier, verify

TOTALS = [6000, 5000, 20_000, 7000, 12_345, 9000, 5001]
REAL_ROUND = ACCEPTED["one of 2026"]
PLANS = {
    "stop": Plan(),
    "partial": Plan(edge="partial"),
    "a budget larger than all rewards": Plan(budget=10**9),
    "a budget of all rewards": Plan(budget=sum(TOTALS)),
    "a budget of all rewards, partial": Plan(budget=sum(TOTALS), edge="partial"),
    "a budget of all rewards but one point": Plan(budget=sum(TOTALS) - 1),
    "a budget of all rewards but one point, partial": Plan(budget=sum(TOTALS) - 1, edge="partial"),
    "a budget that is just used up, partial": Plan(
        members=members(*[5000] * 9), budget=20_000, edge="partial"
    ),
    "a budget of one point more, partial": Plan(
        members=members(*[5000] * 9), budget=20_001, edge="partial"
    ),
    "a single entrant": Plan(members=members(5000)),
    "a single entrant who is too many": Plan(members=members(5000), budget=4999),
    "none": Plan(members=[]),
    "none, partial": Plan(members=[], edge="partial"),
    "first reward above the budget": Plan(budget=4999),
    "first reward above the budget, partial": Plan(budget=4999, edge="partial"),
    "a budget of one point": Plan(budget=1),
    "a budget of one point, partial": Plan(budget=1, edge="partial"),
    "the public chain": Plan(
        beacon=QUICKNET,
        number=REAL_ROUND.round,
        signed=(REAL_ROUND.signature, REAL_ROUND.randomness),
    ),
    "a small gap": Plan(gap=30),
    "a later draw": Plan(manifest={"sequence": 3, "previous_manifest_sha256": "ab" * 32}),
    "33 entrants": Plan(members=members(*range(5000, 5033)), budget=50_000),
    "a series and a booking period": Plan(
        terms={
            "series": {"code": "winter", "course": None, "carried": 1},
            "entry_needed": 0,
            "bookings": BOOKINGS
            | {"booked": {"from": 1733000000, "until": 1735000000}, "payment_methods": {}},
        }
    ),
    "frozen at the instant at which the entries close": Plan(
        terms={"closes_at": 1577836800 + 3 * (53_100_000 - 1) - 86_460}
    ),
    **plans.PLANS,
}
ALL_PLANS = [pytest.param(plan, id=name) for name, plan in PLANS.items()]
# The folder is written anew by each example; a busy machine makes them slow.
UNHURT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.mark.parametrize("plan", ALL_PLANS)
def test_verify_draw_accepts(tmp_path: Path, plan: Plan) -> None:
    files = drawn_files(plan)

    outcome = verify(write(files, tmp_path / "bundle"))

    assert (outcome.status, outcome.failed_step) == (0, 0), outcome.lines
    steps = [line.split(":")[0] for line in outcome.lines[1:-1]]
    assert [step.split()[0] for step in steps] == [f"({number})" for number in range(1, 12)]
    assert sha(files["manifest.json"]).hex() in outcome.lines[0]
    assert outcome.lines[-1].startswith("ACCEPTED")


@pytest.mark.parametrize("plan", ALL_PLANS)
def test_verify_draw_accepts_before_the_draw(tmp_path: Path, plan: Plan) -> None:
    folder = write(frozen_files(plan), tmp_path / "bundle")

    assert verify(folder, "--before-draw").status == 0
    assert verify(folder).failed_step == 6


@pytest.mark.parametrize("drawn", [True, False], ids=["after the draw", "before the draw"])
@pytest.mark.parametrize("plan", ALL_PLANS)
def test_verify_draw_accepts_every_entrants_receipt(
    tmp_path: Path, plan: Plan, drawn: bool
) -> None:
    files = drawn_files(plan) if drawn else frozen_files(plan)
    folder = write(files, tmp_path / "bundle")
    receipt = tmp_path / "receipt.json"

    shown = plan.wester_ids if drawn else plan.wester_ids[:2]
    for wester_id in shown:
        receipt.write_bytes(canonical(receipt_of(plan, files, wester_id)))
        outcome = verify(folder, "--receipt", receipt, *([] if drawn else ["--before-draw"]))
        assert outcome.status == 0, outcome.lines


def test_the_plans_have_every_kind_of_receipt() -> None:
    """Who has one prize, two, what is left of one, and none."""
    found = set()
    for plan in PLANS.values():
        files = drawn_files(plan)
        for wester_id in plan.wester_ids:
            receipt = receipt_of(plan, files, wester_id)
            won = [award for award in receipt["awards"] if award]
            full = sum(map(eq, receipt["awards"], receipt["rewards"])) if won else 0
            found.add((min(len(won), 2), full < len(won)))

    assert found >= {(0, False), (1, False), (1, True), (2, False)}


@st.composite
def any_plans(draw: st.DrawFn) -> Plan:
    """Return a plan of any prizes, lots and members."""
    facts = st.sets(st.sampled_from(["e5489", "ex_yoyaku", "ticketless"]))
    when = facts.filter(bool).map(sorted)
    takes = st.one_of(
        st.just(ALL), st.builds(winners, st.integers(1, 9)), st.builds(one_in, st.integers(2, 5))
    )
    points = st.integers(1, 20_000)
    rewards = st.one_of(
        st.builds(fixed, points),
        st.builds(
            lambda percent, cap, items: spent(percent, cap) | {"cap_if": items},
            st.integers(1, 1000),
            points,
            st.lists(st.fixed_dictionaries({"when": when, "cap": points}), max_size=2),
        ),
    )
    own = st.none() | st.integers(3000, 12_000)
    prizes = st.lists(
        st.builds(prize, takes, rewards, minimum=own)
        | st.builds(prize, st.just(ALL), rewards, minimum=own, beside=st.integers(0, 1))
        | st.builds(prize, st.just(ALL), st.builds(pool, points, st.none() | points)),
        min_size=1,
        max_size=6,
    )
    times = st.lists(st.fixed_dictionaries({"when": when, "times": st.integers(2, 3)}), max_size=2)
    lots = st.fixed_dictionaries(
        {"yen": st.integers(1000, 9000), "most": st.integers(1, 4), "times": times}
    ) | st.fixed_dictionaries({"yen": st.none(), "most": st.just(1), "times": times})
    entered = st.lists(st.builds(Member, st.integers(3000, 30_000), facts.map(frozenset)))
    return Plan(
        members=draw(entered),
        prizes=draw(prizes),
        lots=draw(lots),
        minimum=3000,
        budget=draw(st.integers(1, 200_000)),
        edge=draw(st.sampled_from(["stop", "partial"])),
    )


@given(any_plans())
@settings(max_examples=60, suppress_health_check=UNHURT)
def test_verify_draw_accepts_any_plan(tmp_path: Path, plan: Plan) -> None:
    outcome = verify(write(drawn_files(plan), tmp_path))

    assert outcome.status == 0, outcome.lines


def test_verify_draw_names_a_chain_that_is_not_the_public_one(tmp_path: Path) -> None:
    outcome = verify(write(drawn_files(Plan()), tmp_path))

    assert outcome.lines[0].endswith(WARNING)
    assert outcome.lines[-1].endswith(WARNING)


def test_verify_draw_has_no_warning_for_the_public_chain(tmp_path: Path) -> None:
    outcome = verify(write(drawn_files(PLANS["the public chain"]), tmp_path))

    assert "WARNING" not in "".join(outcome.lines)
    assert "quicknet" in outcome.lines[6]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"public_key": "00" * 96}, id="another key"),
        pytest.param({"chain_hash": "00" * 32}, id="another hash"),
        pytest.param({"period": 4}, id="another period"),
        pytest.param({"genesis_time": 1692803370}, id="another genesis"),
        pytest.param({"group_hash": "00" * 32}, id="another group"),
        pytest.param({"scheme": "another"}, id="another scheme"),
    ],
)
def test_verify_draw_is_not_misled_by_the_public_chains_name(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    plan = replace(PLANS["the public chain"], beacon=QUICKNET | change)

    outcome = verify(write(drawn_files(plan), tmp_path))

    assert "WARNING: chain quicknet is not drand's quicknet" in outcome.lines[0]
    assert outcome.failed_step == 6


def test_verify_draw_says_what_it_could_not_compare(tmp_path: Path) -> None:
    files = drawn_files(Plan())
    folder = write(files, tmp_path)
    known = ["--manifest-sha256", sha(files["manifest.json"]).hex()]
    key = ["--signing-key", SIGNING_KEY.public_key().public_bytes_raw().hex().upper()]

    assert "manifest hash and signing key NOT compared" in verify(folder).lines[1]
    assert "signing key NOT compared" in verify(folder, *known).lines[1]
    assert "manifest hash NOT compared" in verify(folder, *key).lines[1]
    assert "NOT" not in verify(folder, *known, *key).lines[1]


def test_verify_draw_says_that_a_gap_is_short(tmp_path: Path) -> None:
    assert "LESS than a day" in verify(write(drawn_files(PLANS["a small gap"]), tmp_path)).lines[2]
    assert "LESS" not in verify(write(drawn_files(Plan()), tmp_path)).lines[2]


def test_verify_draw_refuses_the_protocol_before_in_one_sentence(tmp_path: Path) -> None:
    old = {"schema": "pointdraw/1", "campaign": "012025121203", "policy": "stop"}

    outcome = verify(write({"manifest.json": canonical(old)}, tmp_path))

    assert outcome.failed_step == 1
    assert "is of protocol pointdraw/1, and this program verifies pointdraw/2 only" in (
        outcome.reason
    )


@pytest.mark.parametrize(
    "options",
    [
        pytest.param([], id="no bundle"),
        pytest.param(["one", "two"], id="two bundles"),
        pytest.param(["one", "--fast"], id="an unknown option"),
        pytest.param(["one", "--manifest-sha256", "ab"], id="half a hash"),
        pytest.param(["one", "--signing-key", "zz" * 32], id="a key that is not hex"),
        pytest.param(["one", "--receipt"], id="no receipt named"),
    ],
)
def test_verify_draw_refuses_wrong_usage(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        verifier().main(options)

    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_the_formulas_have_the_protocols_check_values() -> None:
    module, pid, key = verifier(), bytes(range(16)), bytes(32)
    drawn = (31089008).to_bytes(8, "big") + bytes.fromhex(REAL_ROUND.randomness)
    seed = sha(b"pointdraw/seed/v2\x00" + sha(b"example manifest") + drawn)
    nonces = [hmac.digest(key, pid + number, "sha256") for number in (b"\0\1", b"\0\2")]
    m = [sha(b"\x04" + nonce + b"M00000001") for nonce in nonces]
    parts = [module.reward_commitment(pid, 1, 0, m[0]), module.reward_commitment(pid, 2, 300, m[1])]
    head = pid + b"\0\3\0\2"
    c = module.commitment(head, b"".join(parts))

    assert seed.hex() == "6d6185349066c466636115344d240d6adbdd00bbd005ca1d5177299b6540dcff"
    assert [part.hex() for part in parts] == [
        "28348ecbe36247400a2dbb04c7e87cd9534048c66fb993443542217a977c901e",
        "eb48dc545b3fad84ea394de4f421125b6d53e1060d6902deb7d4a9371333eae1",
    ]
    assert c.hex() == "bf4e7deb861d39da2f56d1eb63b64df6704d9bc7efec0e951b1ce668f3b89c35"
    assert module.leaf(head + c).hex() == (
        "e16eb1ebdf42967659f051284dee0b6140b81cc7467abce9afa322d2fbf7e769"
    )
    assert module.least_ticket(b"\x02" + seed + pid, 3).hex() == (
        "4fed89d63ef49a6b72f8b19619b3235ccd9ecc2fe5dc66385c56841d808348a9" + "0003"
    )
    assert module.chain_hash(QUICKNET) == QUICKNET["chain_hash"]


@pytest.mark.parametrize("value", ACCEPTED.values(), ids=ACCEPTED)
def test_signature_holds_for_the_public_chains_rounds(value: Any) -> None:
    key = bytes.fromhex(str(QUICKNET["public_key"]))

    assert verifier().signature_holds(key, value.round, bytes.fromhex(value.signature))
    assert not verifier().signature_holds(key, value.round + 1, bytes.fromhex(value.signature))


@pytest.mark.parametrize(
    ("number", "signature"),
    [
        pytest.param(number, bytes.fromhex(signature), id=name)
        for name, (number, signature, code) in REFUSED.items()
        if code != "signature_form"
    ],
)
def test_signature_holds_for_nothing_else(number: int, signature: bytes) -> None:
    key = bytes.fromhex(str(QUICKNET["public_key"]))

    with suppress(verifier().Failed):
        assert not verifier().signature_holds(key, number, signature)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("c0" + 95 * "00", id="infinity"),
        pytest.param("00" * 96, id="zeros"),
        pytest.param("ff" * 96, id="ones"),
        pytest.param("80" + 94 * "00" + "02", id="outside the subgroup"),
        pytest.param(str(QUICKNET["public_key"])[:-2] + "00", id="no point"),
        pytest.param("0" + str(QUICKNET["public_key"])[1:], id="no mark of compression"),
    ],
)
def test_public_key_point_is_of_the_right_subgroup(key: str) -> None:
    with pytest.raises(verifier().Failed, match="public key"):
        verifier().public_key_point(bytes.fromhex(key))


def test_the_reference_makes_the_same_bundle_twice() -> None:
    plan = Plan()

    assert drawn_files(plan) == drawn_files(Plan())
    assert len(entries_of(plan)) == len(plan.members)


@pytest.mark.parametrize("at_once", [1, 6, 7, 8])
@pytest.mark.parametrize("entrants", [0, 1, 7, 14, 15])
def test_batches_between_lines_of_progress_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, entrants: int
) -> None:
    plan = Plan(members=members(*range(5000, 5000 + entrants)), lots=plans.A_LOT_PER_5000)
    folder = write(drawn_files(plan), tmp_path)
    whole = verify(folder)
    monkeypatch.setattr(verifier(), "AT_ONCE", at_once)

    assert verify(folder) == whole
    assert whole.status == 0
