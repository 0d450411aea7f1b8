"""Members leave while their points are credited: they are credited before, or forfeited."""

from pathlib import Path

import pytest

from tests.points.faults.invariants import Outcome
from tests.points.faults.machine import Machine, Process, wait_for
from tests.points.faults.members import write_leaves
from tests.points.faults.moments import BEFORE, moments
from tests.points.faults.payday import Payday, open_payday, open_paydays, shift

pytestmark = pytest.mark.slow


def test_a_leave_at_every_statement_of_the_crediting(
    machine: Machine, small: str, tmp_path: Path
) -> None:
    ends = set()
    with open_paydays(machine, small) as paydays:
        for number, (payday, moment) in enumerate(zip(paydays, moments(BEFORE, strike="stop"))):
            leavers = who_may_leave(payday)
            path = write_leaves(tmp_path, leavers, sequence=1 + number)
            command = payday.start("pay", moment=moment)
            if command.wait() == "exit 0":
                break
            leave_meanwhile(payday, path, command)
            payday.check_done(but_for=tuple(leavers))
            ends |= {payday.outcomes()[leaver].reason for leaver in leavers}
    assert ends == {"", "withdrawn"}, "no moment was before the credit, or none after it"
    assert number > 2


def who_may_leave(payday: Payday) -> list[str]:
    """Return members who would be credited."""
    return [member for member, end in payday.expected.items() if end.credited][:8]


def leave_meanwhile(payday: Payday, path: Path, command: Process) -> None:
    """Have members leave while the command stands still, and let both of them end."""
    leave = payday.start("load", path=str(path))
    wait_for("the leave is through, or waits", lambda: leave.look() or payday.is_waited_for())
    command.go_on()
    assert command.wait() == "exit 0", payday.machine.log()
    assert leave.wait() == "exit 0", payday.machine.log()


def test_leaves_among_two_workers(machine: Machine, large: str, tmp_path: Path) -> None:
    with open_payday(machine, large) as payday:
        credited = [member for member, end in payday.expected.items() if end.credited]
        with shift(payday) as crew:
            for number in range(12):
                leavers = credited[number::12]
                payday.run("load", path=str(write_leaves(tmp_path, leavers, sequence=1 + number)))
                payday.check_always()
            crew.finish()
        payday.check_done(but_for=tuple(credited))
        for member in credited:
            end, due = payday.outcomes()[member], payday.expected[member]
            award = due.credited + due.released
            assert end in (due, Outcome(0, 0, award, "withdrawn")), member
