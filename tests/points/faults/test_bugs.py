"""The tests are tested: each mistake is planted, and found under its name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.points.faults import invariants, trials
from tests.points.faults.bugs import BUGS
from tests.points.faults.invariants import Broken
from tests.points.faults.machine import Machine
from tests.points.faults.moments import BEFORE

pytestmark = pytest.mark.slow
Trial = Callable[[Machine, str, Path, str], object]


def strike(machine: Machine, template: str, folder: Path, bug: str) -> object:
    return trials.strike_at_every_statement(machine, template, BEFORE, bug=bug)


def change(machine: Machine, template: str, folder: Path, bug: str) -> object:
    return trials.change_between_two_tries(machine, template, folder, bug=bug)


def leave(machine: Machine, template: str, folder: Path, bug: str) -> object:
    return trials.leave_at_every_statement(machine, template, folder, bug=bug)


def pay_beside(machine: Machine, template: str, folder: Path, bug: str) -> object:
    return trials.pay_beside_one_that_stands_still(machine, template, bug=bug)


def lose(machine: Machine, template: str, folder: Path, bug: str) -> object:
    trials.lose_every_message(machine, template, bug=bug)
    return None


FOUND: dict[str, tuple[Trial, str]] = {
    "no unique key": (strike, invariants.TWICE),
    "claimed without a lock": (pay_beside, invariants.TWICE),
    "marked before the effect": (strike, invariants.ENDED),
    "payload not compared": (change, invariants.AWARDS),
    "recheck outside the crediting transaction": (leave, invariants.LEAVERS),
    "release forgotten": (strike, invariants.ENDED),
    "leavers credited": (strike, invariants.LEAVERS),
    "recheck raises": (strike, invariants.AWARDS),
    "key of something else": (strike, invariants.KEYS),
    "balances not kept": (strike, invariants.BALANCES),
    "bell rung once": (lose, invariants.UNFINISHED),
    "claim kept by the dead": (strike, invariants.UNFINISHED),
}


def test_every_bug_is_looked_for() -> None:
    assert set(FOUND) == set(BUGS)


@pytest.mark.parametrize("bug", FOUND)
def test_a_planted_bug_is_found(bug: str, machine: Machine, small: str, tmp_path: Path) -> None:
    trial, name = FOUND[bug]

    with pytest.raises(Broken) as found:
        trial(machine, small, tmp_path, bug)

    assert found.value.name == name, found.value
