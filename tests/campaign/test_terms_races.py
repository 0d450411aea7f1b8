"""Terms written, requested and published in the same moment."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from campaign import refusals, terms
from campaign.models import Campaign, Terms
from core import approvals
from core.audit import Actor
from core.models import Approval
from entries.models import Entry
from tests.approving import approve
from tests.campaign.steps import ask_publication, ask_revision
from tests.factories.campaign import (
    AT,
    CampaignFactory,
    UserFactory,
    campaign_file,
)
from tests.sessions import another_session, ended, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)


def test_draft_cannot_change_between_the_look_and_the_publication(
    asking: Actor, deciding: Actor
) -> None:
    campaign = CampaignFactory.create(draft=True)
    approval = ask_publication(campaign, asking)
    other_terms = campaign_file(code=campaign.code, budget_points=99_999_999)

    with another_session() as submit:
        with transaction.atomic():
            terms.load_campaign(other_terms, at=AT)
            approved = submit(approve, approval, deciding)
            wait_until_blocked(approved)
        with pytest.raises(approvals.ContentChanged):
            ended(approved)

    assert campaign.terms.get().published_at is None


def test_load_in_the_moment_of_publication_comes_too_late(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(draft=True)
    approval = ask_publication(campaign, asking)

    with another_session() as submit:
        with transaction.atomic():
            approve(approval, deciding)
            loaded = submit(
                terms.load_campaign,
                campaign_file(code=campaign.code, budget_points=99_999_999),
                at=AT,
            )
            wait_until_blocked(loaded)
        with pytest.raises(refusals.AlreadyPublished):
            ended(loaded)

    assert campaign.terms.get().budget_points == 100_000_000


@pytest.mark.parametrize("approver_first", [True, False], ids=["approval first", "request first"])
def test_approval_and_new_request_at_once_do_not_lock_each_other_out(
    asking: Actor, deciding: Actor, approver_first: bool
) -> None:
    campaign = CampaignFactory.create(published=True)
    approval = ask_revision(campaign, asking, edge="partial")

    def approve_it() -> Any:
        return approve(approval, deciding)

    def request_another() -> Any:
        return ask_revision(campaign, asking, kept_until="2027-04-01")

    first, second = (
        (approve_it, request_another) if approver_first else (request_another, approve_it)
    )
    with another_session() as submit:
        with transaction.atomic():
            first()
            other = submit(second)
            wait_until_blocked(other)
        if approver_first:
            assert ended(other).content["version"] == 3
        else:
            with pytest.raises(approvals.ApprovalEnded):
                ended(other)

    approval.refresh_from_db()
    assert approval.state == ("approved" if approver_first else "superseded")


def test_approval_locks_the_campaign_before_the_request(asking: Actor, deciding: Actor) -> None:
    """A request locks the campaign, then the approval; in the other order both would wait."""
    campaign = CampaignFactory.create(draft=True)
    approval = ask_publication(campaign, asking)

    with another_session() as submit:
        with transaction.atomic():
            terms.lock_campaign(campaign)
            approved = submit(approve, approval, deciding)
            wait_until_blocked(approved)
            assert Approval.objects.select_for_update(nowait=True).get().state == "open"
        assert ended(approved).state == "approved"


@pytest.mark.parametrize("ask", [ask_publication, None], ids=["by command", "in the admin"])
def test_two_people_request_at_once_and_one_request_is_open(
    asking: Actor, ask: Callable[[Campaign, Actor], Approval] | None
) -> None:
    campaign = CampaignFactory.create(draft=True)
    other_person = Actor(UserFactory.create(role="campaign"))

    def request_in_the_admin(campaign: Campaign, actor: Actor) -> Approval:
        return terms.request_draft_publication(campaign=campaign, actor=actor, at=AT)

    ask = ask or request_in_the_admin
    with another_session() as submit:
        with transaction.atomic():
            first = ask(campaign, asking)
            other = submit(ask, Campaign.objects.get(), other_person)
            wait_until_blocked(other)
        second = ended(other)

    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "open")


def test_two_loads_at_once_make_one_campaign() -> None:
    file = campaign_file()

    with another_session() as submit:
        with transaction.atomic():
            assert terms.load_campaign(file, at=AT)
            other = submit(terms.load_campaign, file, at=AT)
            wait_until_blocked(other)
        assert ended(other) is False

    assert (Campaign.objects.count(), Terms.objects.count()) == (1, 1)


def test_entries_do_not_wait_while_terms_are_written() -> None:
    campaign = CampaignFactory.create(published=True)

    with another_session() as submit, transaction.atomic():
        terms.lock_campaign(campaign)
        entered = submit(
            Entry.objects.create,
            campaign=campaign,
            wester_id="w1",
            entered_at=AT + timedelta(days=20),
            channel="app",
        )
        assert ended(entered).pk
