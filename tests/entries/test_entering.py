"""Entering: once a member, to the second at both ends, and never past the freeze."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import OperationalError, connection, transaction

from campaign.models import Campaign, Terms
from core.locks import Lock, acquire
from entries import entering
from entries.enumerations import Channel
from entries.models import Entry
from tests.factories.campaign import JAPAN, CampaignFactory
from tests.factories.entries import EntryFactory
from tests.sessions import another_session, ended, terminate_blocked, wait_until_blocked

OPENS = datetime(2024, 12, 10, 12, tzinfo=JAPAN)
CLOSES = datetime(2025, 1, 14, tzinfo=JAPAN)
INSIDE = OPENS + timedelta(minutes=3, seconds=21)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def terms(db: None) -> Terms:
    """Return the terms in force of a published campaign."""
    return CampaignFactory.create(published=True).terms.select_related("campaign").get()


def rows() -> list[tuple[Any, ...]]:
    """Return the whole table, without its keys."""
    columns = ("campaign__code", "wester_id", "entered_at", "channel")
    return list(Entry.objects.order_by("wester_id", "id").values_list(*columns))


def test_enter_keeps_who_when_and_where(terms: Terms) -> None:
    entered = entering.enter_campaign(period=terms, wester_id="W-1", entered_at=INSIDE)
    assert entered.is_new
    assert rows() == [(terms.campaign.code, "W-1", INSIDE, Channel.WEB)]
    assert entered.entry == Entry.objects.get()
    assert (entered.entry.entered_at, entered.entry.channel) == (INSIDE, Channel.WEB)


@pytest.mark.parametrize(
    "arrived_at",
    [
        pytest.param(OPENS, id="at the instant of opening"),
        pytest.param(CLOSES - INSTANT, id="in the last instant"),
    ],
)
def test_enter_takes_both_edges_of_the_period(terms: Terms, arrived_at: datetime) -> None:
    assert entering.enter_campaign(period=terms, wester_id="W-1", entered_at=arrived_at).is_new


@pytest.mark.parametrize(
    ("arrived_at", "refusal"),
    [
        pytest.param(OPENS - INSTANT, entering.NotOpenYet, id="an instant before opening"),
        pytest.param(CLOSES, entering.EntryPeriodOver, id="at the instant of closing"),
        pytest.param(CLOSES + timedelta(days=90), entering.EntryPeriodOver, id="long after"),
    ],
)
def test_enter_refuses_outside_the_period(
    terms: Terms, arrived_at: datetime, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        entering.enter_campaign(period=terms, wester_id="W-1", entered_at=arrived_at)
    assert rows() == []


def test_a_member_enters_each_campaign_once(terms: Terms) -> None:
    other = CampaignFactory.create(published=True).terms.get()
    for each in (terms, other):
        assert entering.enter_campaign(period=each, wester_id="W-1", entered_at=INSIDE).is_new
    assert len(rows()) == 2


@pytest.mark.parametrize(
    "again_at",
    [
        pytest.param(INSIDE, id="in the same instant"),
        pytest.param(INSIDE + timedelta(days=2), id="days later"),
        pytest.param(CLOSES, id="after the deadline"),
    ],
)
def test_entering_again_finds_the_first_entry(terms: Terms, again_at: datetime) -> None:
    first = entering.enter_campaign(period=terms, wester_id="W-1", entered_at=INSIDE)
    before = rows()
    again = entering.enter_campaign(period=terms, wester_id="W-1", entered_at=again_at)
    assert (again.is_new, again.entry.pk, again.entry.entered_at) == (False, first.entry.pk, INSIDE)
    assert rows() == before


@pytest.mark.parametrize(
    ("delivered", "kept"),
    [
        pytest.param(INSIDE - timedelta(hours=1), Channel.APP, id="the app's earlier one wins"),
        pytest.param(INSIDE, Channel.WEB, id="of two at one instant the web page's wins"),
        pytest.param(INSIDE + INSTANT, Channel.WEB, id="the app's later one gives way"),
    ],
)
def test_the_earliest_entry_wins_in_any_order(
    terms: Terms, delivered: datetime, kept: Channel
) -> None:
    EntryFactory.create(
        campaign=terms.campaign, wester_id="W-1", entered_at=delivered, channel=Channel.APP
    )
    entered = entering.enter_campaign(period=terms, wester_id="W-1", entered_at=INSIDE)
    assert not entered.is_new
    assert rows() == [(terms.campaign.code, "W-1", min(delivered, INSIDE), kept)]
    assert entered.entry.entered_at == min(delivered, INSIDE)


def test_no_member_enters_after_the_freeze_even_with_an_earlier_request(terms: Terms) -> None:
    Campaign.objects.update(entries_frozen_at=INSIDE + timedelta(seconds=1))
    with pytest.raises(entering.EntryPeriodOver):
        entering.enter_campaign(period=terms, wester_id="W-1", entered_at=INSIDE)
    assert rows() == []


def test_who_entered_before_the_freeze_still_has_the_entry(terms: Terms) -> None:
    entering.enter_campaign(period=terms, wester_id="W-1", entered_at=INSIDE)
    Campaign.objects.update(entries_frozen_at=CLOSES)
    assert not entering.enter_campaign(period=terms, wester_id="W-1", entered_at=INSIDE).is_new


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    """Real connections, for the promises are the database's."""

    def test_an_entry_waits_for_the_freeze_and_comes_too_late(self, terms: Terms) -> None:
        with another_session() as submit:
            with transaction.atomic():
                acquire(Lock.ENTRIES, terms.campaign_id)
                pressed = submit(
                    entering.enter_campaign, period=terms, wester_id="W-1", entered_at=INSIDE
                )
                wait_until_blocked(pressed)
                Campaign.objects.update(entries_frozen_at=INSIDE)
            with pytest.raises(entering.EntryPeriodOver):
                ended(pressed)
        assert rows() == []

    def test_an_entry_waits_for_a_freeze_that_fails_and_is_made(self, terms: Terms) -> None:
        with another_session() as submit:
            with transaction.atomic():
                acquire(Lock.ENTRIES, terms.campaign_id)
                pressed = submit(
                    entering.enter_campaign, period=terms, wester_id="W-1", entered_at=INSIDE
                )
                wait_until_blocked(pressed)
                Campaign.objects.update(entries_frozen_at=INSIDE)
                transaction.set_rollback(True)
            assert ended(pressed).is_new
        assert rows() == [(terms.campaign.code, "W-1", INSIDE, Channel.WEB)]

    def test_the_freeze_waits_for_an_entry_and_sees_it(self, terms: Terms) -> None:
        with another_session() as submit:
            with transaction.atomic():
                entering.enter_campaign(period=terms, wester_id="W-1", entered_at=INSIDE)
                frozen = submit(freeze, terms.campaign_id)
                wait_until_blocked(frozen)
            assert ended(frozen) == ["W-1"]

    def test_the_freeze_of_another_campaign_is_no_matter(self, terms: Terms) -> None:
        other = CampaignFactory.create(published=True)
        with another_session() as submit, transaction.atomic():
            acquire(Lock.ENTRIES, other.pk)
            pressed = submit(
                entering.enter_campaign, period=terms, wester_id="W-1", entered_at=INSIDE
            )
            assert ended(pressed).is_new

    def test_many_presses_make_one_entry_and_one_of_them_made_it(self, terms: Terms) -> None:
        def press(number: int) -> bool:
            try:
                arrived_at = INSIDE + number * INSTANT
                return entering.enter_campaign(
                    period=terms, wester_id="W-1", entered_at=arrived_at
                ).is_new
            finally:
                connection.close()

        with ThreadPoolExecutor(max_workers=8) as pool:
            made = list(pool.map(press, range(32)))
        assert made.count(True) == 1
        assert rows() == [(terms.campaign.code, "W-1", INSIDE, Channel.WEB)]

    def test_an_entry_does_not_wait_for_ever_and_leaves_nothing(
        self, terms: Terms, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(entering, "PATIENCE_MS", 50)
        with another_session() as submit, transaction.atomic():
            acquire(Lock.ENTRIES, terms.campaign_id)
            with pytest.raises(OperationalError, match="lock timeout"):
                ended(
                    submit(
                        entering.enter_campaign, period=terms, wester_id="W-1", entered_at=INSIDE
                    )
                )
        assert rows() == []


def freeze(campaign_id: int) -> list[str]:
    """Do what a freeze does first: lock the entries, then read them."""
    with transaction.atomic():
        acquire(Lock.ENTRIES, campaign_id)
        return list(Entry.objects.values_list("wester_id", flat=True))


@pytest.mark.django_db(transaction=True)
class TestWithTheDatabaseGone:
    """A failure means that nothing was written, or that it is unknown."""

    def test_a_failure_before_the_statement_means_not_written(
        self, terms: Terms, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connection, "cursor", Mock(side_effect=OperationalError("refused")))
        with pytest.raises(OperationalError, match="refused"):
            entering.enter_campaign(period=terms, wester_id="W-1", entered_at=INSIDE)
        monkeypatch.undo()
        assert rows() == []

    def test_a_connection_ended_during_the_statement_is_unconfirmed(self, terms: Terms) -> None:
        with another_session() as submit, transaction.atomic():
            acquire(Lock.ENTRIES, terms.campaign_id)
            pressed = submit(
                entering.enter_campaign, period=terms, wester_id="W-1", entered_at=INSIDE
            )
            wait_until_blocked(pressed)
            terminate_blocked()
            with pytest.raises(entering.EntryUnconfirmed):
                ended(pressed)

    def test_a_lost_answer_is_unconfirmed(self, terms: Terms) -> None:
        def lose_the_answer(execute: Callable[..., Any], *asked: Any) -> None:
            execute(*asked)
            raise OperationalError("server closed the connection unexpectedly")

        with (
            connection.execute_wrapper(lose_the_answer),
            pytest.raises(entering.EntryUnconfirmed),
        ):
            entering.enter_campaign(period=terms, wester_id="W-1", entered_at=INSIDE)
        assert rows() == [(terms.campaign.code, "W-1", INSIDE, Channel.WEB)]
