"""Members leave while their points are credited: they are credited before, or forfeited."""

from pathlib import Path

import pytest

from tests.points.faults.invariants import Outcome
from tests.points.faults.machine import Machine
from tests.points.faults.members import members_of, write_leaves
from tests.points.faults.payday import open_payday, shift
from tests.points.faults.trials import leave_at_every_statement

pytestmark = pytest.mark.slow
FILES = 12


def test_a_leave_at_every_statement_of_the_crediting(
    machine: Machine, small: str, tmp_path: Path
) -> None:
    ends = leave_at_every_statement(machine, small, tmp_path)
    assert ends == {"", "withdrawn"}, "no moment was before a credit, or none after it"


def test_leaves_among_two_workers(machine: Machine, large: str, tmp_path: Path) -> None:
    with open_payday(machine, large) as payday:
        credited = payday.credited_when_undisturbed()
        members = members_of(credited)
        with shift(payday) as crew:
            for number in range(FILES):
                path = write_leaves(tmp_path, members[number::FILES], sequence=1 + number)
                payday.run("load", path=str(path))
                payday.check_always()
            crew.finish()
        payday.check_done(but_for=credited)
        ends = payday.outcomes()
        for won in credited:
            due = payday.expected[won]
            award = due.credited + due.released
            assert ends[won] in (due, Outcome(0, 0, award, "withdrawn")), won
