"""Commands and workers killed at random moments, more than sixty times."""

import time
from random import Random

import pytest

from tests.points.faults.chance import seeded
from tests.points.faults.machine import Machine
from tests.points.faults.payday import Payday, open_payday, shift

pytestmark = pytest.mark.slow
KILLS = 35  # of either; sixty are asked for, and every statement's come on top
ROUNDS = 60


def time_of_a_run(machine: Machine, database: str) -> float:
    """Return the seconds of a run that nobody disturbs."""
    with open_payday(machine, database) as payday:
        started = time.monotonic()
        payday.run("pay")
        seconds = time.monotonic() - started
        payday.check_done()
    return seconds


def test_commands_killed_at_random_moments(machine: Machine, large: str) -> None:
    chance, seconds = seeded(), time_of_a_run(machine, large)
    kills = rounds = 0
    while kills < KILLS:
        rounds += 1
        assert rounds <= ROUNDS, "the commands end before they can be killed"
        with open_payday(machine, large) as payday:
            kills += kill_until_paid(payday, chance, seconds)
            payday.finish()
    print(f"{kills} commands were killed")


def kill_until_paid(payday: Payday, chance: Random, seconds: float) -> int:
    """Kill two commands at a time, again and again, until nothing is left to pay."""
    kills = 0
    while not payday.is_paid():
        commands = [payday.start("pay"), payday.start("pay")]
        for command in commands:
            time.sleep(chance.uniform(0, seconds / 3))
            kills += command.kill()
        payday.check_always()
    return kills


def test_workers_killed_at_random_moments(machine: Machine, large: str) -> None:
    chance = seeded()
    kills = rounds = 0
    while kills < KILLS:
        rounds += 1
        assert rounds <= ROUNDS, "the workers end before they can be killed"
        with open_payday(machine, large) as payday, shift(payday) as crew:
            while not payday.is_paid():
                time.sleep(chance.uniform(0, 0.6))
                kills += chance.choice(crew.workers()).kill()
                crew.tend()
                payday.check_always()
            payday.check_done()
    print(f"{kills} workers were killed")
