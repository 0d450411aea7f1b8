"""Loads beside runs: a change is in the run's totals, or its mark is there for the next."""

import threading
from contextlib import ExitStack
from random import Random

import pytest
from django.db import transaction

from bookings.models import Booking, MemberMark
from campaign import aggregation, due
from campaign.models import AggregationRun, Campaign, DueMember, Total
from tests.campaign import changes
from tests.campaign.changes import add_booking, change_booking
from tests.campaign.runs import (
    INCREMENTAL,
    LATER,
    NOW,
    assert_right,
    begin,
    held_total,
    run,
    totals,
)
from tests.factories.campaign import CampaignFactory
from tests.sessions import another_session, ended, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create(published=True)


def test_a_change_that_is_not_committed_leaves_its_mark_to_the_next_run(
    campaign: Campaign,
) -> None:
    booking = add_booking(wester_id="W1", amount_yen=1)
    run(campaign)

    with another_session() as submit:
        with transaction.atomic():
            change_booking(booking, amount_yen=2)
            assert ended(submit(run, campaign)).shards.count() == 0
        assert totals(campaign) == {"W1": (1, 1, 0)}
        assert ended(submit(run, campaign)).shards.count() == 1

    assert totals(campaign) == {"W1": (2, 1, 0)}


def test_a_change_between_start_and_work_is_seen_and_its_mark_kept(campaign: Campaign) -> None:
    booking = add_booking(wester_id="W1", amount_yen=1)
    run(campaign)
    change_booking(booking, amount_yen=2)
    started = begin(campaign)
    change_booking(booking, amount_yen=3)

    aggregation.compute_shards(started)
    aggregation.finish_run(started, at=LATER)

    assert totals(campaign) == {"W1": (3, 1, 0)}
    assert MemberMark.objects.exists()
    run(campaign)
    assert totals(campaign) == {"W1": (3, 1, 0)}


@pytest.mark.parametrize("full", [False, True], ids=["from the marks", "in full"])
def test_a_change_after_the_bookings_were_read_comes_with_the_next_run(
    full: bool, campaign: Campaign
) -> None:
    booking = add_booking(wester_id="W1", amount_yen=1)
    run(campaign)
    change_booking(booking, amount_yen=2)
    started, _ = aggregation.start_run(campaign=campaign, as_of=NOW, full=full)

    with another_session() as submit:
        with held_total("W1"):
            worker = submit(aggregation.compute_shards, started)
            wait_until_blocked(worker)
            change_booking(booking, amount_yen=3)
        ended(worker)

    assert aggregation.finish_run(started, at=LATER)
    assert totals(campaign) == {"W1": (2, 1, 0)}
    assert run(campaign).mode == INCREMENTAL
    assert totals(campaign) == {"W1": (3, 1, 0)}


def test_a_change_reaches_a_campaign_whose_run_is_under_way(campaign: Campaign) -> None:
    """Another campaign's run takes the mark while this one's worker has read the old state."""
    other = CampaignFactory.create(published=True)
    booking = add_booking(wester_id="W1", amount_yen=1)
    run(campaign)
    run(other)
    change_booking(booking, amount_yen=2)
    started = begin(campaign)

    with another_session() as submit:
        with transaction.atomic():
            list(Total.objects.select_for_update().filter(campaign=campaign))
            worker = submit(aggregation.compute_shards, started)
            wait_until_blocked(worker)
            with another_session() as third:
                ended(third(change_booking, booking, amount_yen=3))
                ended(third(run, other))
            assert not MemberMark.objects.exists()
        ended(worker)

    assert aggregation.finish_run(started, at=LATER)
    assert (totals(campaign), totals(other)) == ({"W1": (2, 1, 0)}, {"W1": (3, 1, 0)})
    assert list(DueMember.objects.values_list("campaign", "wester_id")) == [(campaign.pk, "W1")]
    run(campaign)
    assert totals(campaign) == {"W1": (3, 1, 0)}


def test_a_mark_is_not_lost_with_a_start_that_fails(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(campaign)
    add_booking(wester_id="W1")

    create_due_shards = due.create_due_shards

    def create_and_fail(started: AggregationRun, **sizes: int) -> None:
        create_due_shards(started, **sizes)
        raise RuntimeError("the last write")

    with monkeypatch.context() as patch:
        patch.setattr(due, "create_due_shards", create_and_fail)
        with pytest.raises(RuntimeError, match="the last write"):
            begin(campaign)

    assert campaign.runs.count() == 1
    run(campaign)
    assert totals(campaign) == {"W1": (5_000, 1, 0)}


@pytest.mark.slow
def test_a_load_beside_runs_and_workers_loses_nothing(campaign: Campaign) -> None:
    run(campaign)
    loaded = threading.Event()

    def load(seed: int) -> None:
        random = Random(seed)
        for _ in range(120):
            random.choice((changes.load_booking, changes.load_registration))(random)

    def aggregate() -> int:
        runs = 0
        while not loaded.is_set() or runs == 0:
            started, _ = aggregation.start_run(campaign=campaign, as_of=NOW)
            aggregation.compute_shards(started)
            runs += aggregation.finish_run(started, at=LATER)
        return runs

    with ExitStack() as stack:
        first, second, third = (stack.enter_context(another_session()) for _ in range(3))
        # One load of a feed at a time, as its lock has it.
        loads, hands = first(load, 1), [second(aggregate), third(aggregate)]
        ended(loads)
        loaded.set()
        runs = sum(ended(hand) for hand in hands)

    assert runs > 2
    while not aggregation.finish_run(left := last_run(campaign), at=LATER):
        aggregation.compute_shards(left)
    run(campaign)
    assert Booking.objects.count() > 20
    assert_right(campaign)


def last_run(campaign: Campaign) -> AggregationRun:
    return campaign.runs.latest("id")
