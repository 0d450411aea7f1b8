"""Messages delivered again, lost or sent twice change nothing of what is paid."""

import pytest

from tests.points.faults.machine import Machine, wait_for
from tests.points.faults.payday import open_payday, shift
from tests.points.faults.trials import lose_every_message

pytestmark = pytest.mark.slow


def test_every_message_delivered_three_times_to_two_workers(machine: Machine, large: str) -> None:
    with open_payday(machine, large) as payday:
        with shift(payday, deliveries=3) as crew:
            crew.finish()
        payday.check_done()


def test_two_beats_ring_for_two_workers(machine: Machine, large: str) -> None:
    with open_payday(machine, large) as payday:
        with shift(payday, beats=2) as crew:
            crew.finish()
        payday.check_done()


def test_a_broker_emptied_between_enqueue_and_run(machine: Machine, large: str) -> None:
    lose_every_message(machine, large)


def test_a_broker_emptied_again_and_again_under_way(machine: Machine, large: str) -> None:
    with open_payday(machine, large) as payday:
        with shift(payday, beats=2) as crew:
            for _ in range(5):
                wait_for(
                    "a message came", lambda: machine.broker().llen("celery") or payday.is_paid()
                )
                machine.broker().flushall()
            crew.finish()
        payday.check_done()
