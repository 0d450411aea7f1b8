"""A payout struck before and after every exchange with the database: running again finishes it."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.points.faults.machine import Machine
from tests.points.faults.moments import AFTER, BEFORE
from tests.points.faults.payday import each_moment
from tests.points.faults.trials import (
    change_between_two_tries,
    pay_beside_one_that_stands_still,
    strike_at_every_statement,
)

pytestmark = pytest.mark.slow
LEAST_OF_A_PART = 8  # exchanges: locks, the claim, the recheck, the transfers, the mark, the commit
PARTS = 3


def test_a_payout_killed_at_every_statement_is_finished_by_the_next_run(
    machine: Machine, small: str
) -> None:
    moments = strike_at_every_statement(machine, small, BEFORE, AFTER, strike="kill")
    print(f"{moments} moments")
    assert moments >= LEAST_OF_A_PART * PARTS * 2


def test_a_payout_whose_session_ends_at_every_statement_is_finished_by_the_next_run(
    machine: Machine, small: str
) -> None:
    moments = strike_at_every_statement(machine, small, BEFORE, strike="cut")
    assert moments >= LEAST_OF_A_PART * PARTS


def test_a_payout_takes_what_became_known_between_two_tries_for_the_awards_that_wait(
    machine: Machine, small: str, tmp_path: Path
) -> None:
    assert change_between_two_tries(machine, small, tmp_path) >= LEAST_OF_A_PART * PARTS


def test_two_processes_one_of_which_stands_still_at_every_statement(
    machine: Machine, small: str
) -> None:
    assert pay_beside_one_that_stands_still(machine, small) >= LEAST_OF_A_PART * PARTS


def test_an_approval_killed_at_every_statement_is_asked_for_and_given_once(
    machine: Machine, confirmed: str
) -> None:
    struck = 0
    with closing(each_moment(machine, confirmed, BEFORE, strike="kill")) as tries:
        for payday, moment in tries:
            ended = payday.start("prepare", moment=moment, per_part=8).wait()
            payday.check_always()
            payday.run("prepare", per_part=8)
            assert payday.parts_left() == PARTS, moment
            if ended == "exit 0":
                payday.finish()
                break
            assert ended == "killed", (moment, machine.log())
            struck += 1
    assert struck > LEAST_OF_A_PART


def test_a_settlement_killed_at_every_statement_is_closed_by_the_next_try(
    machine: Machine, paid: str, tmp_path: Path
) -> None:
    struck = 0
    with closing(each_moment(machine, paid, BEFORE, strike="kill")) as tries:
        for payday, moment in tries:
            folder = tmp_path / str(struck)
            ended = payday.start("settle_and_close", moment=moment, folder=str(folder)).wait()
            payday.check_always()
            payday.run("close_and_verify", folder=str(folder))
            payday.check_settled(folder)
            if ended == "exit 0":
                break
            assert ended == "killed", (moment, machine.log())
            struck += 1
    assert struck > LEAST_OF_A_PART * 3
