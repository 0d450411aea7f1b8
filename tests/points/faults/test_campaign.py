"""A whole campaign is paid, settled and closed while workers are being killed.

FAULT_MEMBERS scales it: ``FAULT_MEMBERS=100000`` is the size of the real thing.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.points.faults.chance import SEED, seeded
from tests.points.faults.machine import Machine, here
from tests.points.faults.payday import Payday, open_payday, shift

pytestmark = pytest.mark.slow
MEMBERS = int(os.environ.get("FAULT_MEMBERS") or 2_000)
PER_PART = int(os.environ.get("FAULT_PER_PART") or 100)


@pytest.fixture
def payday(machine: Machine, tmp_path: Path) -> Iterator[Payday]:
    """Give an approved payout of a whole campaign."""
    database = machine.clone("dodonto")
    machine.run(
        "build",
        database,
        folder=here(tmp_path / "feeds"),
        count=MEMBERS,
        undrawn_points=21_000,
        seed=SEED,
    )
    machine.run("prepare", database, per_part=PER_PART)
    with open_payday(machine, database) as payday:
        yield payday


def test_a_campaign_is_paid_settled_and_closed_while_workers_are_killed(
    payday: Payday, tmp_path: Path
) -> None:
    chance, kills, started = seeded(), 0, time.monotonic()
    with shift(payday) as crew:
        while not payday.is_paid():
            time.sleep(chance.uniform(0, 1))
            kills += chance.choice(crew.workers()).kill()
            crew.tend()
    payday.check_done()

    payday.run("settle_and_close", folder=here(tmp_path / "out"))

    payday.check_settled(tmp_path / "out")
    payday.run("verify")
    seconds = time.monotonic() - started
    print(f"{len(payday.expected)} awards, {kills} workers killed, {seconds:.0f} s")
    assert kills
