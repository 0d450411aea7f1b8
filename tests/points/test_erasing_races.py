"""An erasure beside loads, a freeze, a press of the button, a sign-in and the totals."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from bookings.models import Booking, ErasedIdentifier
from campaign import aggregation
from campaign.models import Campaign
from campaign.queries import working_terms
from core.audit import Actor
from core.locks import Lock, acquire
from core.models import Approval
from entries.entering import EntryPeriodOver, enter_campaign
from entries.models import Entry, Member
from entries.sign_in.claims import Identity
from entries.sign_in.members import find_or_create_member
from lottery.models import Entrant
from points import erasing
from points.refusals import BeingWritten, DrawOpen
from tests.approving import approve, person
from tests.factories.campaign import FIRST_TERMS, CampaignFactory
from tests.factories.entries import EntryFactory
from tests.factories.lottery import closed_campaign, frozen_draw
from tests.feedfiles import booking_row, write_feed_file
from tests.points.removing import ERASED_AT, erasure_request, load
from tests.sessions import another_session, ended, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)
IDENTITY = Identity(issuer="https://id.example", sub="s", wester_id="W1")


@pytest.fixture
def entered() -> Campaign:
    """Return a campaign that W1 and W2 have entered; the entry period is over."""
    return closed_campaign({"W1": 5_000, "W2": 6_000})


@pytest.fixture
def approver() -> Actor:
    return person("approver")


def erase(approval: Approval, approver: Actor) -> Any:
    return approve(approval, approver, at=ERASED_AT)


@pytest.mark.usefixtures("entered")
def test_an_erasure_waits_for_a_load_and_removes_what_it_brought(
    approver: Actor, tmp_path: Path
) -> None:
    approval = erasure_request("W1")
    path = write_feed_file(tmp_path, [booking_row(wester_id="W1")])

    with another_session() as submit:
        with transaction.atomic():
            assert load(path).applied == 1
            other = submit(erase, approval, approver)
            wait_until_blocked(other, Lock.LOADS)
        ended(other)

    assert not Booking.objects.filter(wester_id="W1").exists()


@pytest.mark.usefixtures("entered")
def test_a_load_that_waits_for_an_erasure_brings_nothing_back(
    approver: Actor, tmp_path: Path
) -> None:
    approval = erasure_request("W1")
    path = write_feed_file(tmp_path, [booking_row(wester_id="W1")])

    with another_session() as submit:
        with transaction.atomic():
            erase(approval, approver)
            other = submit(load, path)
            wait_until_blocked(other, Lock.LOADS)
        outcome = ended(other)

    assert (outcome.applied, outcome.duplicates) == (0, 1)
    assert not Booking.objects.filter(wester_id="W1").exists()


def test_a_freeze_that_waits_for_an_erasure_lists_nobody_erased(
    entered: Campaign, approver: Actor
) -> None:
    approval = erasure_request("W1")

    with another_session() as submit:
        with transaction.atomic():
            erase(approval, approver)
            other = submit(frozen_draw, campaign=entered)
            wait_until_blocked(other, Lock.LOADS)
        ended(other)

    assert [one.wester_id for one in Entrant.objects.all()] == ["W2"]


def test_an_erasure_that_waits_for_a_freeze_is_refused(entered: Campaign, approver: Actor) -> None:
    approval = erasure_request("W1")

    with another_session() as submit:
        with transaction.atomic():
            frozen_draw(campaign=entered)
            other = submit(erase, approval, approver)
            wait_until_blocked(other, Lock.LOADS)
        with pytest.raises(DrawOpen):
            ended(other)

    assert Entrant.objects.filter(wester_id="W1").exists()
    approval.refresh_from_db()
    assert approval.state == "open"


def test_a_press_that_waits_for_an_erasure_enters_nobody(approver: Actor) -> None:
    campaign = CampaignFactory.create(published=True)
    EntryFactory.create(wester_id="W1")
    approval = erasure_request("W1")

    with another_session() as submit:
        with transaction.atomic():
            erase(approval, approver)
            other = submit(
                enter_campaign,
                period=working_terms(campaign),
                wester_id="W1",
                entered_at=FIRST_TERMS["opens_at"],
            )
            wait_until_blocked(other, Lock.ENTRIES, campaign.pk)
        with pytest.raises(EntryPeriodOver):
            ended(other)

    assert not Entry.objects.exists()


@pytest.mark.usefixtures("entered")
def test_a_sign_in_that_waits_for_an_erasure_begins_anew(approver: Actor) -> None:
    approval = erasure_request("W1")

    with another_session() as submit:
        with transaction.atomic():
            erase(approval, approver)
            other = submit(find_or_create_member, identity=IDENTITY)
            wait_until_blocked(other)
        ended(other)

    assert Member.objects.get().wester_id == "W1"
    assert ErasedIdentifier.objects.get().returned_at


@pytest.mark.usefixtures("entered")
def test_an_erasure_that_waits_for_a_sign_in_erases_the_new_account(approver: Actor) -> None:
    approval = erasure_request("W1")

    with another_session() as submit:
        with transaction.atomic():
            find_or_create_member(identity=IDENTITY)
            other = submit(erase, approval, approver)
            wait_until_blocked(other)
        ended(other)

    assert not Member.objects.exists()
    assert ErasedIdentifier.objects.get().returned_at is None


def test_an_erasure_waits_for_the_totals(entered: Campaign, approver: Actor) -> None:
    approval = erasure_request("W1")

    with another_session() as submit:
        with transaction.atomic():
            aggregation.recompute_totals(working_terms(entered))
            other = submit(erase, approval, approver)
            wait_until_blocked(other, Lock.TOTALS, entered.pk)
        ended(other)

    assert [one.wester_id for one in entered.totals.all()] == ["W2"]


@pytest.mark.usefixtures("entered")
def test_an_approver_does_not_wait_for_a_long_load(
    approver: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "PATIENCE_MS", 20)
    approval = erasure_request("W1")

    with another_session() as submit, transaction.atomic():
        acquire(Lock.LOADS, shared=True)
        with pytest.raises(BeingWritten, match="do this again"):
            ended(submit(erase, approval, approver))

    erase(approval, approver)
    assert not Booking.objects.filter(wester_id="W1").exists()
