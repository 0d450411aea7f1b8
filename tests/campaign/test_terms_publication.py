"""Request the first publication, which a second person approves."""

from dataclasses import replace

import pytest

from campaign import queries, refusals, terms
from campaign.models import Campaign, Terms
from core import approvals
from core.audit import Actor
from core.models import Approval
from tests.approving import approve
from tests.campaign.steps import ask_publication, stored
from tests.factories.campaign import (
    AT,
    LATER,
    CampaignFactory,
    TermsFactory,
    campaign_file,
    file_values,
)

pytestmark = pytest.mark.django_db
CODE = "012025121203"


def test_publication_is_requested_with_the_terms_as_its_content(asking: Actor) -> None:
    terms.load_campaign(campaign_file(), at=AT)

    approval = ask_publication(Campaign.objects.get(), asking)

    assert (approval.action, approval.subject, approval.state) == ("campaign.publish", CODE, "open")
    assert approval.content == {**file_values(), "version": 1}
    assert not Terms.objects.filter(published_at__isnull=False).exists()


def test_publication_approved_is_in_force(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(draft=True)

    approve(ask_publication(campaign, asking), deciding)

    published = campaign.terms.get()
    assert (published.version, published.published_at) == (1, LATER)
    assert published.published_by == deciding.user
    assert queries.published_terms(campaign) == published
    assert queries.draft_terms(campaign) is None


def test_publication_requested_again_is_the_same_request(asking: Actor) -> None:
    campaign = CampaignFactory.create(draft=True)

    assert ask_publication(campaign, asking) == ask_publication(campaign, asking)


def test_publication_of_what_is_published_requests_nothing(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(draft=True)
    approval = ask_publication(campaign, asking)
    approve(approval, deciding)
    before = stored()

    assert terms.request_publication(campaign=campaign, actor=asking, at=LATER) is None
    approve(approval, deciding)
    assert stored() == before


def test_publication_refuses_a_draft_that_changed_after_the_request(
    asking: Actor, deciding: Actor
) -> None:
    campaign = CampaignFactory.create(draft=True)
    approval = ask_publication(campaign, asking)
    terms.load_campaign(campaign_file(code=campaign.code, budget_points=99_999_999), at=AT)
    before = stored()

    with pytest.raises(approvals.ContentChanged):
        approve(approval, deciding)
    assert stored() == before

    again = ask_publication(campaign, asking)
    approval.refresh_from_db()
    assert (approval.state, again.content["budget_points"]) == ("superseded", 99_999_999)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"cap": 100_001}, id="a prize too large"),
        pytest.param({"expected_sales_yen": 4_999_999_999}, id="a budget too large"),
    ],
)
def test_unlawful_terms_are_not_published(asking: Actor, changed: dict[str, int]) -> None:
    campaign = CampaignFactory.create()
    TermsFactory.create(campaign=campaign, **changed)
    before = stored()

    with pytest.raises(refusals.TermsRefused, match=r"prize law allows here|2 percent"):
        ask_publication(campaign, asking)
    assert stored() == before


HIDDEN = [{"when": ["e5489"], "times": 2}, {"when": ["e5489", "ticketless"], "times": 3}]


def test_terms_that_are_only_odd_can_be_published(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create()
    TermsFactory.create(campaign=campaign, lots_times=HIDDEN)
    assert [found.refuses for found in terms.check_campaign(campaign)] == [False]

    approve(ask_publication(campaign, asking), deciding)

    assert queries.published_terms(campaign)


@pytest.mark.parametrize(
    ("make", "action", "version"),
    [({"draft": True}, "campaign.publish", 1), ({"redrafted": True}, "campaign.revise", 2)],
    ids=["the first version", "a revision"],
)
def test_request_for_the_draft_finds_out_which_action_it_is(
    asking: Actor, make: dict[str, bool], action: str, version: int
) -> None:
    campaign = CampaignFactory.create(**make)

    approval = terms.request_draft_publication(campaign=campaign, actor=asking, at=AT)

    assert (approval.action, approval.content["version"]) == (action, version)


def test_request_without_a_draft_is_refused(asking: Actor) -> None:
    campaign = CampaignFactory.create(published=True)

    with pytest.raises(refusals.NotPublished, match="no terms that wait"):
        terms.request_draft_publication(campaign=campaign, actor=asking, at=AT)


def test_failing_deed_leaves_the_approval_open_and_the_draft_a_draft(
    asking: Actor, deciding: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = CampaignFactory.create(draft=True)
    approval = ask_publication(campaign, asking)
    before = stored()

    def publish_and_fail(approval: Approval) -> None:
        terms.publish_draft(approval)
        raise RuntimeError("after the last write")

    action = approvals.declared_actions()["campaign.publish"]
    failing = replace(action, carry_out=publish_and_fail)
    monkeypatch.setitem(approvals._actions, "campaign.publish", failing)
    with pytest.raises(RuntimeError):
        approve(approval, deciding)

    assert stored() == before
