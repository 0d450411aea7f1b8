"""A payout in a database of its own, the processes that work on it, and the look at what came."""

import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.points.faults import invariants
from tests.points.faults.answers import read_credits
from tests.points.faults.bugs import BUGS
from tests.points.faults.invariants import Broken, Outcome, Won
from tests.points.faults.machine import PATIENCE_S, Machine, Process, wait_for
from tests.points.faults.members import expected_outcomes
from tests.points.faults.moments import Moment, moments
from tests.points.faults.rewinding import Kept
from tests.sessions import BLOCKED

AWARDS = """
SELECT entrant.wester_id, award.prize, award.points FROM lottery_award award
JOIN lottery_entrant entrant ON entrant.id = award.entrant_id"""


LEFT = "SELECT FROM points_payoutpart WHERE done_at IS NULL"


@dataclass
class Payday:
    """One payout; ``bug`` is planted in every process that works on it."""

    machine: Machine
    database: str
    folder: Path
    expected: Mapping[Won, Outcome]
    bug: str = ""
    looking: psycopg.Connection | None = None

    @property
    def patience_s(self) -> float:
        """How long it may take until everything is done: two minutes, less to find a bug."""
        return BUGS[self.bug].patience_s if self.bug else PATIENCE_S

    def start(self, job: str, **options: Any) -> Process:
        """Start a process on this payout."""
        return self.machine.start(job, self.database, bug=self.bug, **options)

    def run(self, job: str, **options: Any) -> None:
        """Do a job to its end; what does not end well is not finished."""
        if self.start(job, **options).wait() != "exit 0":
            raise Broken(invariants.UNFINISHED, self.machine.log())

    @contextmanager
    def look(self) -> Iterator[psycopg.Connection]:
        """Look into the database, by a connection that lasts if there is one."""
        if self.looking:
            yield self.looking
        else:
            with self.machine.connect(self.database) as connection:
                yield connection

    def is_paid(self) -> bool:
        """Return whether every award has come to its end."""
        with self.look() as connection:
            return invariants.is_paid(connection)

    def check_always(self) -> None:
        """Raise what does not hold at this moment."""
        with self.look() as connection:
            invariants.check_always(connection)

    def check_done(self, *, but_for: tuple[Won, ...] = ()) -> None:
        """Raise what does not hold of a payout that is finished; of some any end will do."""
        self.machine.run("verify", self.database)
        self.look_done(but_for)

    def look_done(self, but_for: tuple[Won, ...]) -> None:
        """Raise the same, but for what the ledger itself would say."""
        expected = {name: one for name, one in self.expected.items() if name not in but_for}
        with self.look() as connection:
            invariants.check_done(connection, expected)

    def check_settled(self, folder: Path) -> None:
        """Raise what does not hold once the payout is closed, one credit having been rejected."""
        rejected = read_credits(folder)[0]
        member, points = rejected["wester_id"], int(rejected["points"])
        ends = self.outcomes()
        lost = [won for won, end in ends.items() if end.reason == "rejected"]
        if [(won.member, *ends[won][:3:2]) for won in lost] != [(member, 0, points)]:
            raise Broken(invariants.OUTCOME, (member, lost))
        self.look_done((*lost,))
        with self.look() as connection:
            closed = connection.execute("SELECT closed_at FROM points_payout").fetchone()
        if closed in (None, (None,)):
            raise Broken(invariants.UNFINISHED, "the payout is not closed")

    def outcomes(self) -> dict[Won, Outcome]:
        """Return what became of every award so far."""
        with self.look() as connection:
            return invariants.outcomes(connection)

    def is_waited_for(self) -> bool:
        """Return whether any session waits for another."""
        with self.look() as connection:
            return bool(connection.execute(BLOCKED).fetchall())

    def parts_left(self) -> int:
        """Return how many parts nobody has finished."""
        with self.look() as connection:
            return len(connection.execute(LEFT).fetchall())

    def credited_when_undisturbed(self) -> tuple[Won, ...]:
        """Return the awards of which something is credited where nothing happens meanwhile."""
        return tuple(won for won, end in self.expected.items() if end.credited)

    def finish(self, *, but_for: tuple[Won, ...] = ()) -> None:
        """Run the command again, as its supervisor does, and check everything."""
        self.check_always()
        if self.start("pay_and_verify").wait(self.patience_s) != "exit 0":
            self.check_always()
            raise Broken(invariants.UNFINISHED, self.machine.log())
        self.look_done(but_for)


@contextmanager
def open_payday(machine: Machine, template: str, bug: str = "") -> Iterator[Payday]:
    """Provide a copy of a payout, and an empty broker."""
    database = machine.clone(template)
    machine.broker().flushall()
    with machine.connect(database) as connection:
        if bug:
            BUGS[bug].open_the_way(connection)
        found = connection.execute(AWARDS).fetchall()
        awards = {Won(member, prize): points for member, prize, points in found}
    with tempfile.TemporaryDirectory() as folder:
        try:
            yield Payday(machine, database, Path(folder), expected_outcomes(awards), bug)
        finally:
            machine.drop(database)


def each_moment(
    machine: Machine, template: str, *whens: str, strike: str, bug: str = ""
) -> Generator[tuple[Payday, Moment], None, None]:
    """Yield each moment with the payout as if it had never been begun; there is no last one."""
    with open_payday(machine, template, bug) as payday, machine.connect(payday.database) as look:
        payday.looking, kept = look, Kept(look)
        for moment in moments(*whens, strike=strike):
            yield payday, moment
            kept.rewind()


@dataclass
class Shift:
    """Workers and beats, each started again when it dies, as a machine's supervisor does."""

    payday: Payday
    jobs: Mapping[int, tuple[str, dict[str, Any]]]
    processes: dict[int, Process] = field(default_factory=dict)

    def tend(self) -> None:
        """Start the processes that are not running."""
        for place, (job, options) in self.jobs.items():
            process = self.processes.get(place)
            if process is None or process.look() not in (None, "stopped"):
                self.processes[place] = self.payday.start(job, **options)

    def workers(self) -> list[Process]:
        """Return the workers."""
        return [self.processes[place] for place, (job, _) in self.jobs.items() if job == "work"]

    def finish(self) -> None:
        """Wait until everything is paid; nobody does anything for it but restart the dead."""

        def is_paid() -> bool:
            self.tend()
            return self.payday.is_paid()

        try:
            wait_for("all is paid", is_paid, patience_s=self.payday.patience_s)
        except AssertionError as late:
            raise Broken(invariants.UNFINISHED, late) from late


@contextmanager
def shift(
    payday: Payday, *, workers: int = 2, beats: int = 1, deliveries: int = 1
) -> Iterator[Shift]:
    """Provide workers and beats that are at work, and end them."""
    jobs = [("work", {"deliveries": deliveries})] * workers
    jobs += [("beat", {"deliveries": deliveries})] * beats
    shift = Shift(payday, dict(enumerate(jobs)))
    shift.tend()
    try:
        yield shift
    finally:
        for process in shift.processes.values():
            process.kill()
