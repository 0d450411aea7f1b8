"""A whole campaign is paid, settled and closed while workers are being killed.

FAULT_MEMBERS scales it: ``FAULT_MEMBERS=100000`` is the size of the real thing.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.points.faults.chance import SEED, seeded
from tests.points.faults.machine import Machine, here
from tests.points.faults.payday import Payday, open_payday, shift

pytestmark = pytest.mark.slow
MEMBERS = int(os.environ.get("FAULT_MEMBERS") or 2_000)
PER_PART = int(os.environ.get("FAULT_PER_PART") or 100)
SETTLEMENT_TRIES, LONGER_S = 6, MEMBERS / 20_000
SUMS = ("credited", "released", "forfeited")


@pytest.fixture
def payday(machine: Machine, tmp_path: Path) -> Iterator[Payday]:
    """Give an approved payout of a whole campaign."""
    database = machine.clone("dodonto")
    machine.run(
        "build",
        database,
        folder=here(tmp_path / "feeds"),
        size=MEMBERS,
        undrawn_points=21_000,
        seed=SEED,
    )
    machine.run("prepare", database, per_part=PER_PART)
    with open_payday(machine, database) as payday:
        yield payday


def test_a_campaign_is_paid_settled_and_closed_while_workers_are_killed(
    payday: Payday, tmp_path: Path
) -> None:
    chance, out = seeded(), here(tmp_path / "out")
    started = time.monotonic()

    kills = pay_while_workers_are_killed(payday, chance)
    payday.check_done()
    settlement_kills = settle_while_killed(payday, chance, out)
    payday.run("settle_and_close", folder=out)

    payday.check_settled(Path(out))
    payday.run("verify")
    seconds = time.monotonic() - started
    print(
        f"{tell(payday)}; {kills} workers and {settlement_kills} commands killed, {seconds:.0f} s"
    )
    assert kills
    assert settlement_kills


def pay_while_workers_are_killed(payday: Payday, chance: Random) -> int:
    """Kill a worker again and again until everything is paid; return how many were."""
    kills = 0
    with shift(payday) as crew:
        while not payday.is_paid():
            time.sleep(chance.uniform(0, 1))
            kills += chance.choice(crew.workers()).kill()
            crew.tend()
    return kills


def settle_while_killed(payday: Payday, chance: Random, folder: str) -> int:
    """Kill the command that exports, settles and closes, later each time; return how often."""
    kills = 0
    for longest in range(1, SETTLEMENT_TRIES + 1):
        command = payday.start("settle_and_close", folder=folder)
        time.sleep(chance.uniform(0, longest * LONGER_S))
        kills += command.kill()
        payday.check_always()
    return kills


def tell(payday: Payday) -> str:
    """Return what became of all awards, in points."""
    ends = payday.outcomes().values()
    awards = sum(end.credited + end.released + end.forfeited for end in ends)
    parts = {name: int(sum(getattr(end, name) for end in ends)) for name in SUMS}
    return f"{len(ends)} awards of {awards} points: {parts}"
