"""A freeze beside concurrent entries and loads: it includes all acknowledged before, none after."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connections, transaction

from bookings.loading import load_file
from bookings.models import Booking
from campaign import aggregation, terms
from campaign.models import Campaign, Terms
from core.locks import Lock, acquire
from entries import entering
from entries.feeds import FEEDS
from entries.models import Entry
from lottery.freezing import freeze_draw
from lottery.models import Draw
from tests.entries.feedfiles import entry_row, membership_row, write_entries, write_memberships
from tests.factories.bookings import BookingFactory
from tests.factories.campaign import CampaignFactory
from tests.factories.entries import EntryFactory
from tests.factories.lottery import (
    CLOSED,
    FREEZES,
    ROUND,
    closed_campaign,
    enter_members,
    frozen_draw,
)
from tests.feedfiles import booking_row, write_feed_file
from tests.sessions import another_session, ended, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)
LAST_SECOND = CLOSED - timedelta(seconds=1)
ROUNDS, CLIENTS, MEMBERS_EACH = 50, 32, 12
PATIENCE_S = 60


def members_of(draw: Draw) -> set[str]:
    return set(draw.entrants.values_list("wester_id", flat=True))


def freeze(campaign: Campaign) -> Draw:
    return freeze_draw(campaign=campaign, round_time=ROUND, chain="local", at=FREEZES)


@pytest.fixture
def clients() -> Iterator[ThreadPoolExecutor]:
    """Give clients with connections of their own, closed at the end by each of them."""
    leaving = threading.Barrier(CLIENTS)

    def leave() -> None:
        leaving.wait(PATIENCE_S)  # so that every thread comes by once
        connections.close_all()

    with ThreadPoolExecutor(max_workers=CLIENTS) as pool:
        yield pool
        for left in [pool.submit(leave) for _ in range(CLIENTS)]:
            left.result(PATIENCE_S)


class Crowd:
    """Clients that enter one member after the other until the campaign takes none any more."""

    def __init__(self, of: Terms) -> None:
        self.terms = of
        self.acknowledged: set[str] = set()
        self.refused: set[str] = set()
        self.changed = threading.Condition()

    def enter_all(self, client: int) -> None:
        for number in range(MEMBERS_EACH):
            member = f"W{client}-{number}"
            try:
                entering.enter_campaign(period=self.terms, wester_id=member, entered_at=LAST_SECOND)
            except entering.EntryPeriodOver:
                self.refused.add(member)
                return
            with self.changed:
                self.acknowledged.add(member)
                self.changed.notify()

    def wait_for(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.acknowledged) >= count, PATIENCE_S)


@pytest.mark.slow
def test_freeze_includes_every_acknowledged_entry_and_none_after(
    clients: ThreadPoolExecutor,
) -> None:
    members = {f"W{client}-{n}": 5_000 for client in range(CLIENTS) for n in range(MEMBERS_EACH)}
    Booking.objects.bulk_create(
        BookingFactory.build(wester_id=member, amount_yen=yen) for member, yen in members.items()
    )
    chance = Random(20250114)
    refused = 0
    for _round in range(ROUNDS):
        campaign = CampaignFactory.create(published=True)
        crowd = Crowd(campaign.terms.get())
        at_work = [clients.submit(crowd.enter_all, client) for client in range(CLIENTS)]
        crowd.wait_for(chance.randrange(1, len(members) // 2))
        before = set(crowd.acknowledged)

        draw = freeze(campaign)

        done, late = wait(at_work, PATIENCE_S)
        assert not late
        assert [one.result() for one in done] == [None] * CLIENTS
        assert before <= members_of(draw) == crowd.acknowledged
        assert crowd.refused.isdisjoint(members_of(draw))
        kept = Entry.objects.filter(campaign=campaign).values_list("wester_id", flat=True)
        assert set(kept) == crowd.acknowledged
        refused += len(crowd.refused)
    assert refused  # otherwise no freeze met anybody


class Loader:
    """A session that loads one small file after the other, until it is told to stop."""

    def __init__(self, write: Callable[[int], Path], stop: threading.Event) -> None:
        self.write, self.stop = write, stop
        self.begun = self.acknowledged = 0

    def load_all(self) -> None:
        while not self.stop.is_set():
            path = self.write(self.begun)
            self.begun += 1
            outcome = load_file(path=path, feeds=FEEDS, loaded_at=FREEZES)
            assert (outcome.status, outcome.quarantined) == ("loaded", 0), outcome
            self.acknowledged += 1


@pytest.mark.slow
@pytest.mark.parametrize("number", range(5))
def test_freeze_includes_every_acknowledged_load_and_none_after(
    number: int, tmp_path: Path
) -> None:
    """Each session's loads are in the list up to one of them, and that one is in time."""
    most = 200
    campaign = closed_campaign({f"left-{n}": 5_000 for n in range(most)})
    code = campaign.code
    for n in range(most):
        EntryFactory.create(campaign=campaign, wester_id=f"booked-{n}")
    enter_members(CampaignFactory.create(), {f"entered-{n}": 5_000 for n in range(most)})

    def folder(name: str) -> Path:
        (tmp_path / name).mkdir(exist_ok=True)
        return tmp_path / name

    def booking(n: int) -> Path:
        values = {"event_id": f"E{n}", "reservation_no": f"N{n}", "wester_id": f"booked-{n}"}
        rows = [
            booking_row(**values),
            booking_row(**values | {"event_id": f"U{n}", "event_type": "used"}),
        ]
        return write_feed_file(folder("bookings"), rows, sequence=n + 1)

    def entry(n: int) -> Path:
        row = entry_row(wester_id=f"entered-{n}", campaign=code)
        return write_entries(folder("entries"), [row], sequence=n + 1)

    def leaving(n: int) -> Path:
        row = membership_row(wester_id=f"left-{n}", status="withdrawn")
        return write_memberships(folder("memberships"), [row], sequence=n + 1)

    stop = threading.Event()
    loaders = {
        "booked": Loader(booking, stop),
        "entered": Loader(entry, stop),
        "left": Loader(leaving, stop),
    }
    with another_session() as one, another_session() as two, another_session() as three:
        at_work = [
            submit(loader.load_all)
            for submit, loader in zip((one, two, three), loaders.values(), strict=True)
        ]
        chance = Random(number)
        wait_for_loads(loaders, at_work, chance.randrange(1, 6))
        before = {name: loader.acknowledged for name, loader in loaders.items()}
        draw = freeze(campaign)
        after = {name: loader.begun for name, loader in loaders.items()}
        stop.set()
        for other in at_work:
            ended(other)

    found = members_of(draw)
    for name in loaders:
        there = {n for n in range(most) if f"{name}-{n}" in found}
        applied = set(range(most)) - there if name == "left" else there
        assert applied == set(range(len(applied)))
        assert before[name] <= len(applied) <= after[name], (name, before, after, len(applied))


def wait_for_loads(loaders: dict[str, Loader], at_work: list[Any], count: int) -> None:
    """Return once every session has loaded so many files; each of them goes on."""
    while any(loader.acknowledged < count for loader in loaders.values()):
        wait(at_work, timeout=0.01)
        for other in at_work:
            assert not other.done(), other.exception()


def test_freeze_waits_for_a_load_in_flight() -> None:
    campaign = closed_campaign({"W1": 4_000})

    with another_session() as submit:
        with transaction.atomic():
            acquire(Lock.LOADS, shared=True)
            BookingFactory.create(wester_id="W1", amount_yen=1_000)
            freezing = submit(freeze, campaign)
            wait_until_blocked(freezing)
        draw = ended(freezing)

    assert draw.entrants.get().total_yen == 5_000


def test_freeze_waits_for_an_entry_in_flight() -> None:
    campaign = closed_campaign({})
    BookingFactory.create(wester_id="W1")

    with another_session() as submit:
        with transaction.atomic():
            acquire(Lock.ENTRIES, campaign.pk, shared=True)
            EntryFactory.create(campaign=campaign, wester_id="W1")
            freezing = submit(freeze, campaign)
            wait_until_blocked(freezing)
        draw = ended(freezing)

    assert members_of(draw) == {"W1"}


@pytest.mark.usefixtures("_repeatable_read")
def test_freeze_sees_what_it_waited_for_whatever_the_isolation_of_the_database() -> None:
    campaign = closed_campaign({})
    BookingFactory.create(wester_id="W1")
    BookingFactory.create(wester_id="W2")

    with another_session() as submit:
        with transaction.atomic():
            acquire(Lock.LOADS, shared=True)
            acquire(Lock.ENTRIES, campaign.pk, shared=True)
            EntryFactory.create(campaign=campaign, wester_id="W1")
            EntryFactory.create(campaign=campaign, wester_id="W2")
            freezing = submit(freeze, campaign)
            wait_until_blocked(freezing)
        draw = ended(freezing)

    assert members_of(draw) == {"W1", "W2"}


@pytest.mark.usefixtures("_repeatable_read")
def test_entry_that_waited_for_a_freeze_is_refused_whatever_the_isolation() -> None:
    campaign = closed_campaign()
    of = campaign.terms.get()

    with another_session() as submit:
        with transaction.atomic():
            freeze(campaign)
            pressed = submit(
                entering.enter_campaign, period=of, wester_id="W9", entered_at=LAST_SECOND
            )
            wait_until_blocked(pressed)
        with pytest.raises(entering.EntryPeriodOver):
            ended(pressed)


def test_entry_that_meets_a_freeze_waits_and_is_refused() -> None:
    campaign = closed_campaign()
    of = campaign.terms.get()

    with another_session() as submit:
        with transaction.atomic():
            freeze(campaign)
            pressed = submit(
                entering.enter_campaign, period=of, wester_id="W9", entered_at=LAST_SECOND
            )
            wait_until_blocked(pressed)
        with pytest.raises(entering.EntryPeriodOver):
            ended(pressed)


def test_entry_that_meets_a_freeze_that_fails_is_taken() -> None:
    campaign = closed_campaign()
    of = campaign.terms.get()

    with another_session() as submit:
        with transaction.atomic():
            freeze(campaign)
            pressed = submit(
                entering.enter_campaign, period=of, wester_id="W9", entered_at=LAST_SECOND
            )
            wait_until_blocked(pressed)
            transaction.set_rollback(True)
        assert ended(pressed).is_new


def test_of_two_freezes_at_once_one_stands() -> None:
    campaign = closed_campaign()

    with another_session() as submit:
        with transaction.atomic():
            draw = freeze(campaign)
            other = submit(freeze, campaign)
            wait_until_blocked(other)
        assert ended(other) == draw

    assert Draw.objects.get() == draw


def test_freeze_waits_for_a_worker_that_computes_totals() -> None:
    """It holds nothing meanwhile that the worker, or a change of the terms, could wait for."""
    campaign = closed_campaign()

    with another_session() as submit:
        with transaction.atomic():
            aggregation.lock_totals(campaign.pk, shared=True)
            freezing = submit(freeze, campaign)
            wait_until_blocked(freezing)
            terms.lock_campaign(campaign)
        assert ended(freezing).entry_count == 3


def test_freeze_of_one_campaign_does_not_block_entries_of_another() -> None:
    campaign, other = closed_campaign(), CampaignFactory.create(published=True)
    of = other.terms.get()

    with another_session() as submit, transaction.atomic():
        frozen_draw(campaign=campaign)
        pressed = submit(entering.enter_campaign, period=of, wester_id="W9", entered_at=LAST_SECOND)
        assert ended(pressed).is_new
