"""Several workers, loads and runs at the same moment: nothing is lost and nothing done twice."""

import threading
from contextlib import ExitStack
from datetime import date
from random import Random
from typing import Any

import pytest
from django.db import OperationalError, transaction

from campaign import aggregation, queries
from campaign.models import AggregationRun, Campaign
from core.locks import Lock, LockOutsideTransaction
from tests.campaign import changes
from tests.campaign.changes import add_booking, change_booking
from tests.campaign.runs import LATER, NOW, assert_right, begin, held_total, run, totals
from tests.factories.campaign import CampaignFactory
from tests.sessions import another_session, ended, terminate_blocked, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create(published=True)


# Workers


@pytest.mark.parametrize("workers", [2, 3])
def test_each_shard_is_computed_once(
    workers: int, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aggregation, "FULL_SHARDS", 9)
    random = Random(workers)
    for _ in range(60):
        changes.load_booking(random)
        changes.load_registration(random)
    started = begin(campaign)
    all_there = threading.Barrier(workers)

    def work() -> int:
        all_there.wait()
        return aggregation.compute_shards(AggregationRun.objects.get(pk=started.pk))

    with ExitStack() as stack:
        sessions = [stack.enter_context(another_session()) for _ in range(workers)]
        computed = [ended(one) for one in [submit(work) for submit in sessions]]

    assert sum(computed) == 9
    assert aggregation.finish_run(started, at=LATER)
    assert_right(campaign)


def test_a_worker_passes_over_the_shard_of_another(campaign: Campaign) -> None:
    started = begin(campaign)

    with another_session() as submit, transaction.atomic():
        assert aggregation.compute_next(started)
        assert ended(submit(aggregation.compute_shards, started)) == 1  # of two
        assert not ended(submit(aggregation.finish_run, started, at=LATER))

    assert aggregation.finish_run(started, at=LATER)


def test_a_killed_worker_leaves_its_shard_to_the_next(campaign: Campaign) -> None:
    booking = add_booking(wester_id="W1", amount_yen=1)
    run(campaign)
    change_booking(booking, amount_yen=2)
    started = begin(campaign)

    with another_session() as submit, held_total("W1"):
        killed = submit(aggregation.compute_shards, started)
        wait_until_blocked(killed)
        terminate_blocked()
        with pytest.raises(OperationalError):
            ended(killed)

    assert totals(campaign) == {"W1": (1, 1, 0)}
    assert list(started.shards.values_list("members", "done")) == [(["W1"], False)]
    assert aggregation.compute_shards(started) == 1
    assert aggregation.finish_run(started, at=LATER)
    assert totals(campaign) == {"W1": (2, 1, 0)}


def test_a_failing_worker_leaves_its_shard_and_totals_as_they_were(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_booking(wester_id="W1")
    run(campaign)
    add_booking(wester_id="W1")
    started = begin(campaign)

    def break_down(self: Any, **_: Any) -> None:
        raise RuntimeError("the last write")

    with monkeypatch.context() as patch:
        patch.setattr("django.db.models.QuerySet.update", break_down)
        with pytest.raises(RuntimeError, match="the last write"):
            aggregation.compute_shards(started)

    assert totals(campaign) == {"W1": (5_000, 1, 0)}
    assert aggregation.compute_shards(started) == 1
    assert totals(campaign) == {"W1": (10_000, 2, 0)}


# Runs


def test_a_run_that_starts_meanwhile_is_the_same_run(campaign: Campaign) -> None:
    night = date(2024, 12, 28)
    with another_session() as submit:
        with transaction.atomic():
            mine, is_mine_new = aggregation.start_run(campaign=campaign, as_of=NOW, night=night)
            other = submit(aggregation.start_run, campaign=campaign, as_of=NOW, night=night)
            wait_until_blocked(other)
        theirs, is_theirs_new = ended(other)

    assert (is_mine_new, is_theirs_new) == (True, False)
    assert mine == theirs


def test_a_night_that_was_run_meanwhile_is_not_run_again(campaign: Campaign) -> None:
    """A message that comes twice: both look, one runs to its end, the other comes late."""
    night = date(2024, 12, 28)
    with another_session() as submit:
        with transaction.atomic():
            held = run(campaign, night=night)
            other = submit(aggregation.start_run, campaign=campaign, as_of=NOW, night=night)
            wait_until_blocked(other)
        assert ended(other) == (held, False)


# The freeze


def test_recompute_waits_for_workers_and_is_not_overwritten(campaign: Campaign) -> None:
    booking = add_booking(wester_id="W1", amount_yen=1)
    run(campaign)
    change_booking(booking, amount_yen=2)
    started = begin(campaign)
    terms = queries.working_terms(campaign)

    with another_session() as submit, another_session() as third:
        with held_total("W1"):
            worker = submit(aggregation.compute_shards, started)
            wait_until_blocked(worker)
            change_booking(booking, amount_yen=3)
            freeze = third(recompute_in_a_transaction, terms)
            wait_until_blocked(freeze, Lock.TOTALS, campaign.pk)  # before it has read any booking
        ended(worker)
        ended(freeze)

    assert totals(campaign) == {"W1": (3, 1, 0)}


def recompute_in_a_transaction(terms: Any) -> None:
    with transaction.atomic():
        aggregation.recompute_totals(terms)


def test_recompute_makes_workers_wait(campaign: Campaign) -> None:
    booking = add_booking(wester_id="W1", amount_yen=1)
    run(campaign)
    change_booking(booking, amount_yen=2)
    started = begin(campaign)

    with another_session() as submit:
        with transaction.atomic():
            aggregation.recompute_totals(queries.working_terms(campaign))
            worker = submit(aggregation.compute_shards, started)
            wait_until_blocked(worker, Lock.TOTALS, campaign.pk)
            assert totals(campaign) == {"W1": (2, 1, 0)}
        assert ended(worker) == 1


def test_recompute_is_a_part_of_a_transaction(campaign: Campaign) -> None:
    with pytest.raises(LockOutsideTransaction):
        aggregation.recompute_totals(queries.working_terms(campaign))
