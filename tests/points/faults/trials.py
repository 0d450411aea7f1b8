"""What a payout is put through; each raises ``Broken`` where something does not hold."""

from contextlib import closing
from functools import partial
from pathlib import Path

from tests.points.faults.invariants import OUTCOME, Broken, Outcome
from tests.points.faults.machine import Machine, Process, wait_for
from tests.points.faults.members import members_of, write_cancellations, write_leaves
from tests.points.faults.moments import BEFORE
from tests.points.faults.payday import Payday, each_moment, open_payday, shift

ENDS = {"kill": "killed", "cut": "exit 1"}


def strike_at_every_statement(
    machine: Machine, template: str, *whens: str, strike: str = "kill", bug: str = ""
) -> int:
    """Strike a paying process at each moment and run it again; return how many moments it has."""
    struck = 0
    with closing(each_moment(machine, template, *whens, strike=strike, bug=bug)) as tries:
        for payday, moment in tries:
            ended = payday.start("pay", moment=moment).wait()
            if ended == "exit 0":
                payday.check_done()
                break
            assert ended == ENDS[strike], (moment, machine.log())
            payday.finish()
            struck += 1
    return struck


def change_between_two_tries(
    machine: Machine, template: str, folder: Path, *, bug: str = ""
) -> int:
    """Kill a payout at each moment, and have bookings cancelled before it is run again."""
    struck = 0
    with closing(each_moment(machine, template, BEFORE, strike="kill", bug=bug)) as tries:
        for payday, moment in tries:
            if payday.start("pay", moment=moment).wait() == "exit 0":
                break
            awards, before = payday.credited_when_undisturbed(), payday.outcomes()
            payday.run("load", path=str(write_cancellations(folder, members_of(awards))))
            payday.finish(but_for=awards)
            after = payday.outcomes()
            for won in awards:
                due = payday.expected[won]
                lost = Outcome(0, 0, due.credited + due.released, "below_minimum")
                if after[won] != (due if before[won].credited else lost):
                    raise Broken(OUTCOME, (moment, won, after[won]))
            struck += 1
    return struck


def leave_at_every_statement(
    machine: Machine, template: str, folder: Path, *, bug: str = ""
) -> set[str]:
    """Have members leave while a payout stands still at each moment; return how they ended."""
    ends: set[str] = set()
    with closing(each_moment(machine, template, BEFORE, strike="stop", bug=bug)) as tries:
        for payday, moment in tries:
            command = payday.start("pay", moment=moment)
            if command.wait() == "exit 0":
                break
            awards = payday.credited_when_undisturbed()
            leave_meanwhile(payday, write_leaves(folder, members_of(awards)), command)
            payday.check_done(but_for=awards)
            ends |= {payday.outcomes()[won].reason for won in awards}
    return ends


def leave_meanwhile(payday: Payday, path: Path, command: Process) -> None:
    """Have members leave while the command stands still, and let both of them end."""
    leave = payday.start("load", path=str(path))
    wait_for("the leave is through, or waits", lambda: leave.look() or payday.is_waited_for())
    command.go_on()
    assert (command.wait(), leave.wait()) == ("exit 0", "exit 0"), payday.machine.log()


def pay_beside_one_that_stands_still(machine: Machine, template: str, *, bug: str = "") -> int:
    """Have another process pay while one stands still at each moment; return how many."""
    struck = 0
    with closing(each_moment(machine, template, BEFORE, strike="stop", bug=bug)) as tries:
        for payday, moment in tries:
            first = payday.start("pay", moment=moment)
            if first.wait() == "exit 0":
                break
            second = payday.start("pay")
            wait_for("the other has done what it can", partial(has_done, payday, second))
            first.go_on()
            first.wait()
            second.wait()
            payday.finish()
            struck += 1
    return struck


def has_done(payday: Payday, process: Process) -> bool:
    """Return whether a process has ended, waits for another, or has one part left at most."""
    return process.look() is not None or payday.is_waited_for() or payday.parts_left() <= 1


def lose_every_message(machine: Machine, template: str, *, bug: str = "") -> None:
    """Empty the broker between enqueue and run."""
    with open_payday(machine, template, bug) as payday:
        payday.run("ring")
        assert machine.broker().llen("celery") > 0
        machine.broker().flushall()
        with shift(payday) as crew:
            crew.finish()
        payday.check_done()
