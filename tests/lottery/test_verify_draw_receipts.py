"""Each change of a member's receipt is refused at the last step."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lottery.reference import (
    Plan,
    canonical,
    drawn_files,
    frozen_files,
    receipt_of,
    write,
)
from tests.lottery.verifying import assert_refused, flipped, others, verify

PLAN = Plan(policy="partial")
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
    wrong += [receipt | {"index": index} for index in range(9) if index != receipt["index"]]
    wrong += [receipt | {"zz": 1}]

    for content in wrong:
        file.write_bytes(canonical(content))
        assert_refused(verify(folder, *options, "--receipt", file), 11)


def other_paths(path: list[str]) -> Iterator[list[Any]]:
    yield from (path[1:], path[:-1], path[::-1], [*path, path[-1]], [*path, "00" * 32], path * 40)
    yield from ([*path[:i], "00" * 32, *path[i + 1 :]] for i in range(len(path)))
    yield from ([*path[:i], 5, *path[i + 1 :]] for i in range(len(path)))


def test_every_changed_byte_of_a_receipt_is_refused(tmp_path: Path) -> None:
    folder = write(FILES, tmp_path / "bundle")
    text = canonical(receipt_of(PLAN, FILES, "M00000002"))
    file = tmp_path / "receipt.json"

    for position in range(len(text)):
        file.write_bytes(flipped(text, position))
        assert_refused(verify(folder, "--receipt", file), 11)


def test_a_receipt_of_another_draw_is_refused(tmp_path: Path) -> None:
    folder = write(FILES, tmp_path / "bundle")
    other = Plan(policy="partial", number=PLAN.number + 1)
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


def test_a_receipt_with_a_reward_above_the_cap_is_refused(tmp_path: Path) -> None:
    """Committed to and never drawn, so that no row shows it: the entrant alone can see it."""
    plan = Plan(rewards=[20_001] * 5, budget=0)
    files = frozen_files(plan)
    folder = write(files, tmp_path / "bundle")
    file = tmp_path / "receipt.json"
    file.write_bytes(canonical(receipt_of(plan, files, "M00000001")))

    outcome = verify(folder, "--before-draw", "--receipt", file)

    assert_refused(outcome, 11)
    assert "above the cap" in outcome.reason
