"""Forgeries with right hashes and signatures are refused, each at its step."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lottery.forged_manifests import MANIFESTS, with_entries
from tests.lottery.forged_results import RESULTS
from tests.lottery.forged_rounds import ROUNDS
from tests.lottery.forgeries import PLAN
from tests.lottery.reference import Files, entries_of, write
from tests.lottery.verifying import assert_refused, verify


@pytest.mark.parametrize(
    ("forge", "step"),
    [pytest.param(*case, id=name) for name, case in (MANIFESTS | RESULTS).items()],
)
def test_forgery_is_refused_at_its_step(
    tmp_path: Path, forge: Callable[[], Files], step: int
) -> None:
    assert_refused(verify(write(forge(), tmp_path)), step)


@pytest.mark.parametrize(
    ("forge", "reason"), [pytest.param(*case, id=name) for name, case in ROUNDS.items()]
)
def test_another_round_is_refused_for_its_fault(
    tmp_path: Path, forge: Callable[[], Files], reason: str
) -> None:
    outcome = verify(write(forge(), tmp_path))

    assert_refused(outcome, 6)
    assert reason in outcome.reason


def test_an_entry_that_spoils_the_list_is_seen_before_the_draw(tmp_path: Path) -> None:
    files = dict(with_entries(entries_of(PLAN)[::-1]))
    for name in ("round.json", "result.json", "winners.csv"):
        del files[name]

    assert_refused(verify(write(files, tmp_path), "--before-draw"), 4)
