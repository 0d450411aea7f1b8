"""A payout struck before and after every exchange with the database: running again finishes it."""

from pathlib import Path

import pytest

from tests.points.faults.machine import Machine
from tests.points.faults.moments import AFTER, BEFORE, moments
from tests.points.faults.payday import open_paydays

pytestmark = pytest.mark.slow
LEAST_OF_A_PART = 8  # exchanges: locks, the claim, the recheck, the transfers, the mark, the commit
PARTS = 2


@pytest.mark.parametrize(
    ("strike", "whens", "ends"),
    [
        pytest.param("kill", (BEFORE, AFTER), "killed", id="the process is killed"),
        pytest.param("cut", (BEFORE,), "exit 1", id="its session is ended"),
    ],
)
def test_a_payout_struck_at_every_statement_is_finished_by_the_next_run(
    strike: str, whens: tuple[str, ...], ends: str, machine: Machine, small: str
) -> None:
    with open_paydays(machine, small) as paydays:
        for struck, (payday, moment) in enumerate(zip(paydays, moments(*whens, strike=strike))):
            ended = payday.start("pay", moment=moment).wait()
            if ended == "exit 0":
                break
            assert ended == ends, (moment, machine.log())
            payday.finish()
    print(f"{struck} moments")
    assert struck >= LEAST_OF_A_PART * PARTS * len(whens)


def test_every_step_to_the_close_killed_at_every_statement_is_finished_by_the_next_try(
    machine: Machine, confirmed: str, tmp_path: Path
) -> None:
    with open_paydays(machine, confirmed) as paydays:
        for struck, (payday, moment) in enumerate(zip(paydays, moments(BEFORE, strike="kill"))):
            folder = tmp_path / str(struck)
            folder.mkdir()
            options = {"folder": str(folder), "per_part": 100}
            ended = payday.start("whole", moment=moment, **options).wait()
            if ended == "killed":
                payday.check_always()
                payday.run("whole", **options)
            payday.check_settled(folder)
            if ended == "exit 0":
                break
            assert ended == "killed", (moment, machine.log())
    print(f"{struck} moments")
    assert struck > LEAST_OF_A_PART * 5
