"""Each change of a member's receipt is refused at the last step."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.lottery.plans import A_LOT_PER_5000, MIXED
from tests.lottery.reference import (
    ALL,
    Member,
    Plan,
    canonical,
    drawn_files,
    fixed,
    frozen_files,
    pool,
    prize,
    receipt_of,
    spent,
    winners,
    write,
)
from tests.lottery.verifying import assert_refused, flipped, others, verify

# A part of a reward, whole ones, two for one, and none.
PLAN = Plan(
    members=[*MIXED[:8], Member(6000)],
    prizes=[
        prize(winners(1), fixed(1000), minimum=7000),
        prize(ALL, pool(490, 60), beside=1),
        prize(ALL, spent(2, 150), beside=1),
    ],
    lots=A_LOT_PER_5000,
    budget=1600,
    edge="partial",
)
FILES = drawn_files(PLAN)


@pytest.mark.parametrize("wester_id", PLAN.wester_ids)
@pytest.mark.parametrize("drawn", [True, False], ids=["after the draw", "before the draw"])
def test_every_changed_field_of_a_receipt_is_refused(
    tmp_path: Path, wester_id: str, drawn: bool
) -> None:
    files = FILES if drawn else frozen_files(PLAN)
    folder = write(files, tmp_path / "bundle")
    receipt = receipt_of(PLAN, files, wester_id)
    file, options = tmp_path / "receipt.json", [] if drawn else ["--before-draw"]
    wrong = [receipt | {key: value} for key in receipt for value in others(receipt[key])]
    wrong += [{k: v for k, v in receipt.items() if k != key} for key in receipt]
    wrong += [receipt | {"path": path} for path in other_paths(receipt["path"])]
    wrong += [receipt | {"index": index} for index in range(10) if index != receipt["index"]]
    wrong += [receipt | {"zz": 1}]
    for key in ("rewards", "nonces", "awards"):
        wrong += [receipt | {key: values} for values in other_lists(receipt[key] or [])]

    for content in wrong:
        if canonical(content) == canonical(receipt):
            continue  # a path of one step, reversed
        file.write_bytes(canonical(content))
        assert_refused(verify(folder, *options, "--receipt", file), 11)


def other_paths(path: list[str]) -> Iterator[list[Any]]:
    yield from (path[1:], path[:-1], path[::-1], [*path, path[-1]], [*path, "00" * 32], path * 40)
    yield from ([*path[:i], "00" * 32, *path[i + 1 :]] for i in range(len(path)))
    yield from ([*path[:i], 5, *path[i + 1 :]] for i in range(len(path)))


def other_lists(values: list[Any]) -> Iterator[list[Any]]:
    """Yield lists with one value altered, left out, or more."""
    yield from ([*values, 0], [*values, *values[:1]])
    for place, value in enumerate(values):
        yield [*values[:place], *values[place + 1 :]]
        for other in others(value):
            yield [*values[:place], other, *values[place + 1 :]]


def test_every_changed_byte_of_a_receipt_is_refused(tmp_path: Path) -> None:
    folder = write(FILES, tmp_path / "bundle")
    text = canonical(receipt_of(PLAN, FILES, "M00000002"))
    file = tmp_path / "receipt.json"

    for position in range(len(text)):
        file.write_bytes(flipped(text, position))
        assert_refused(verify(folder, "--receipt", file), 11)


def test_a_receipt_of_another_draw_is_refused(tmp_path: Path) -> None:
    folder = write(FILES, tmp_path / "bundle")
    other = replace(PLAN, number=PLAN.number + 1)
    file = tmp_path / "receipt.json"
    file.write_bytes(canonical(receipt_of(other, drawn_files(other), "M00000001")))

    outcome = verify(folder, "--receipt", file)

    assert_refused(outcome, 11)
    assert "another draw" in outcome.reason


def test_a_receipt_from_before_the_draw_does_not_prove_a_place(tmp_path: Path) -> None:
    folder = write(FILES, tmp_path / "bundle")
    file = tmp_path / "receipt.json"
    file.write_bytes(canonical(receipt_of(PLAN, frozen_files(PLAN), "M00000001")))

    outcome = verify(folder, "--receipt", file)

    assert_refused(outcome, 11)
    assert "ticket" in outcome.reason


def test_a_receipt_that_is_not_there_is_refused(tmp_path: Path) -> None:
    folder = write(FILES, tmp_path / "bundle")

    assert_refused(verify(folder, "--receipt", tmp_path / "none.json"), 11)
    assert_refused(verify(folder, "--receipt", tmp_path), 11)


@pytest.mark.parametrize(
    ("rewards", "mask"),
    [
        pytest.param((1001, 10, 150), 0b111, id="more than a fixed reward"),
        pytest.param((1000, 20, 150), 0b111, id="more than the lots share"),
        pytest.param((1000, 10, 151), 0b111, id="more than the cap"),
        pytest.param((1000, 10, 99), 0b111, id="less than at the minimum"),
        pytest.param((1000, 10, 150), 0b110, id="a reward without its bit"),
    ],
)
def test_a_receipt_shows_its_entrant_a_reward_that_the_terms_cannot_give(
    tmp_path: Path, rewards: tuple[int, ...], mask: int
) -> None:
    """Committed to and never drawn, so that no line shows it: the entrant alone can see it."""
    plan = replace(
        PLAN,
        members=[Member(8000)] * 7,
        forged={"M00000001": {"rewards": rewards, "mask": mask}},
        prizes=[PLAN.prizes[0], prize(ALL, pool(70), beside=1), PLAN.prizes[2]],
    )
    files = frozen_files(plan)
    folder = write(files, tmp_path / "bundle")
    file = tmp_path / "receipt.json"
    file.write_bytes(canonical(receipt_of(plan, files, "M00000001")))

    outcome = verify(folder, "--before-draw", "--receipt", file)

    assert_refused(outcome, 11)
    assert "that the terms cannot give" in outcome.reason
    file.write_bytes(canonical(receipt_of(plan, files, "M00000002")))
    assert verify(folder, "--before-draw", "--receipt", file).status == 0


def test_the_receipts_are_of_every_kind() -> None:
    receipts = [receipt_of(PLAN, FILES, wester_id) for wester_id in PLAN.wester_ids]
    won = [sum(award > 0 for award in receipt["awards"]) for receipt in receipts]
    parts = [
        award
        for receipt in receipts
        for award, reward in zip(receipt["awards"], receipt["rewards"], strict=True)
        if 0 < award < reward
    ]

    assert set(won) >= {1, 2}
    assert len(parts) == 1
