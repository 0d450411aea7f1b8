"""The public verifier accepts bundles of the protocol, and prints what it checked."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lottery.reference import (
    QUICKNET,
    SIGNING_KEY,
    Plan,
    canonical,
    drawn_files,
    entries_of,
    frozen_files,
    receipt_of,
    sha,
    write,
)
from tests.lottery.rounds import ACCEPTED, REFUSED
from tests.lottery.verifying import WARNING, verifier, verify

REWARDS = [6000, 5000, 20_000, 7000, 12_345, 9000, 5001]
REAL_ROUND = ACCEPTED["one of 2026"]
PLANS = {
    "stop": Plan(),
    "partial": Plan(policy="partial"),
    "a budget larger than all rewards": Plan(budget=10**9),
    "a budget of all rewards": Plan(budget=sum(REWARDS)),
    "a budget of all rewards, partial": Plan(budget=sum(REWARDS), policy="partial"),
    "a budget of all rewards but one point": Plan(budget=sum(REWARDS) - 1),
    "a budget of all rewards but one point, partial": Plan(
        budget=sum(REWARDS) - 1, policy="partial"
    ),
    "a budget that is just used up, partial": Plan(
        rewards=[5000] * 9, budget=20_000, policy="partial"
    ),
    "a budget of one point more, partial": Plan(
        rewards=[5000] * 9, budget=20_001, policy="partial"
    ),
    "a single entrant": Plan(rewards=[5000]),
    "a single entrant who is too many": Plan(rewards=[5000], budget=4999),
    "none": Plan(rewards=[]),
    "none, partial": Plan(rewards=[], policy="partial"),
    "first reward above the budget": Plan(budget=4999),
    "first reward above the budget, partial": Plan(budget=4999, policy="partial"),
    "no budget": Plan(budget=0),
    "no budget, partial": Plan(budget=0, policy="partial"),
    "the public chain": Plan(
        beacon=QUICKNET,
        number=REAL_ROUND.round,
        signed=(REAL_ROUND.signature, REAL_ROUND.randomness),
    ),
    "a small gap": Plan(gap=30),
    "a later draw": Plan(manifest={"sequence": 3, "previous_manifest_sha256": "ab" * 32}),
    "33 entrants": Plan(rewards=[5000 + number for number in range(33)], budget=50_000),
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

    for wester_id in plan.wester_ids:
        receipt.write_bytes(canonical(receipt_of(plan, files, wester_id)))
        outcome = verify(folder, "--receipt", receipt, *([] if drawn else ["--before-draw"]))
        assert outcome.status == 0, outcome.lines


def test_the_plans_have_every_kind_of_receipt() -> None:
    """A winner, one who gets what is left, and one who gets nothing though they come next."""
    plan = PLANS["partial"]
    files = drawn_files(plan)
    receipts = [receipt_of(plan, files, wester_id) for wester_id in plan.wester_ids]
    result = json.loads(files["result.json"])
    awards = {receipt["rank"]: receipt["award"] for receipt in receipts if receipt["rank"]}
    last = awards[result["winners"] + 1]

    assert len(awards) == result["winners"] + 1 < len(receipts)
    assert last < max(receipt["reward"] for receipt in receipts)
    assert sum(awards.values()) == plan.budget == result["total_points"]


@given(
    st.lists(st.integers(1, 20_000), max_size=40),
    st.integers(0, 200_000),
    st.sampled_from(["stop", "partial"]),
)
@settings(max_examples=60, suppress_health_check=UNHURT)
def test_verify_draw_accepts_any_rewards_and_budget(
    tmp_path: Path, rewards: list[int], budget: int, policy: str
) -> None:
    plan = Plan(rewards=rewards, budget=budget, policy=policy)

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
        pytest.param({"genesis_time": 0}, id="another genesis"),
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


def test_verify_draw_says_that_the_list_was_frozen_early(tmp_path: Path) -> None:
    early = Plan(terms={"closes_at": 2_000_000_000})

    assert "BEFORE the entry period" in verify(write(drawn_files(early), tmp_path)).lines[3]
    assert "BEFORE" not in verify(write(drawn_files(Plan()), tmp_path)).lines[3]


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
    module, nonce = verifier(), bytes(32)
    manifest_hash = sha(b"example manifest")
    drawn = (31089008).to_bytes(8, "big") + bytes.fromhex(REAL_ROUND.randomness)
    seed = sha(b"pointdraw/seed/v1\x00" + manifest_hash + drawn)
    pid = bytes(range(16))
    m = sha(b"\x04" + nonce + b"M00000001")
    c = module.commitment(pid, 12345, m)

    assert seed.hex() == "391c85cd6921d59589dcf8650b95d2b7ec479b25e2cd8262f7b8c7c455262ca5"
    assert sha(b"\x02" + seed + pid).hex() == (
        "5e01a122281f280ddb85ba8a8cac6a3d38a59b4790302acc1d8842183c8278ae"
    )
    assert c.hex() == "ce5e3810c1a32ac28bfd582b2afda4748e9ffc184116d30d59ca77e0052f8a15"
    assert module.leaf(pid + c).hex() == (
        "d9b1b185d1849ca90eba33f2cd02ab2d4feebdb28eb1544f9e75d2c986c3b5e8"
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
    assert len(entries_of(plan)) == len(plan.rewards)


@pytest.mark.parametrize("at_once", [1, 6, 7, 8])
@pytest.mark.parametrize("entrants", [0, 1, 7, 14, 15])
def test_batches_between_lines_of_progress_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, entrants: int
) -> None:
    plan = Plan(rewards=[5_000 + number for number in range(entrants)])
    folder = write(drawn_files(plan), tmp_path)
    whole = verify(folder)
    monkeypatch.setattr(verifier(), "AT_ONCE", at_once)

    assert verify(folder) == whole
    assert whole.status == 0
