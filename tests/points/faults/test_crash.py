"""The database server dies under way, as in a power cut; what works on it goes on by itself."""

import time

import pytest

from tests.points.faults.chance import seeded
from tests.points.faults.machine import Machine
from tests.points.faults.payday import open_payday, shift

pytestmark = pytest.mark.slow
CRASHES = 4


def test_a_server_that_dies_under_way_and_comes_back(machine: Machine, large: str) -> None:
    chance = seeded()
    with open_payday(machine, large) as payday:
        with shift(payday) as crew:
            for _ in range(CRASHES):
                time.sleep(chance.uniform(0, 0.5))
                machine.crash()
                payday.check_always()
                crew.tend()
            crew.finish()
        payday.check_done()


def test_a_command_whose_server_dies_is_finished_by_the_next(machine: Machine, large: str) -> None:
    chance = seeded()
    with open_payday(machine, large) as payday:
        for _ in range(CRASHES):
            command = payday.start("pay")
            time.sleep(chance.uniform(0, 0.3))
            machine.crash()
            assert command.wait() in ("exit 0", "exit 1")
            payday.check_always()
        payday.finish()
