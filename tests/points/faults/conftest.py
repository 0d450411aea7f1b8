"""The machine that the faults strike, and what is to be paid on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outside import state_folder
from tests.points.faults.machine import Machine, here, open_machine

SEED = 20250215


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Give servers of the tests' own, with the schema in the database ``dodonto``."""
    folder = tmp_path_factory.mktemp("faults")
    with state_folder(folder / "state") as places, open_machine(places) as machine:
        machine.run("migrate", "dodonto")
        yield machine


def build(machine: Machine, folder: Path, **sizes: int) -> str:
    """Return a database in which a draw is confirmed."""
    database = machine.clone("dodonto")
    machine.run("build", database, folder=here(folder), seed=SEED, **sizes)
    return database


@pytest.fixture(scope="session")
def confirmed(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the database of a confirmed draw with a dozen awards, and four of another prize."""
    return build(machine, tmp_path_factory.mktemp("few"), size=16, undrawn_points=21_000)


@pytest.fixture(scope="session")
def small(machine: Machine, confirmed: str) -> str:
    """Give the database of an approved payout of sixteen awards in three parts."""
    return approved(machine, confirmed, per_part=8)


@pytest.fixture(scope="session")
def paid(machine: Machine, small: str) -> str:
    """Give the database of a payout that has ended, with nothing settled."""
    database = machine.clone(small)
    machine.run("pay", database)
    return database


@pytest.fixture(scope="session")
def large(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the database of an approved payout of nearly two hundred awards in forty parts."""
    folder = tmp_path_factory.mktemp("many")
    database = build(machine, folder, size=200, undrawn_points=21_000)
    return approved(machine, database, per_part=5)


def approved(machine: Machine, confirmed: str, *, per_part: int) -> str:
    """Return a copy of a database in which the payout is approved as well."""
    database = machine.clone(confirmed)
    machine.run("prepare", database, per_part=per_part)
    return database
