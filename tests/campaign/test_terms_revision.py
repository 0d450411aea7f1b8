"""Request a new version of published terms; the old ones stay."""

from datetime import date
from typing import Any

import pytest

from campaign import queries, refusals, terms
from core import approvals
from core.audit import Actor
from core.errors import Refusal
from core.models import Approval
from tests.approving import approve
from tests.campaign.steps import ask_publication, ask_revision, stored
from tests.factories.campaign import (
    AT,
    LATER,
    CampaignFactory,
    UserFactory,
    campaign_file,
    file_values,
)

pytestmark = pytest.mark.django_db


def test_revision_leaves_both_versions(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(published=True)
    first = campaign.terms.values().get()

    approval = ask_revision(campaign, asking, credit_at="2025-02-20T10:00:00+09:00")
    in_force = queries.published_terms(campaign)
    assert approval.action == "campaign.revise"
    assert in_force
    assert in_force.version == 1

    approve(approval, deciding)
    assert campaign.terms.values().get(version=1) == first
    second = campaign.terms.get(version=2)
    assert (second.published_at, second.published_by) == (LATER, deciding.user)
    assert second.credit_at.isoformat() == "2025-02-20T01:00:00+00:00"
    assert queries.published_terms(campaign) == second


def test_revisions_go_on_without_a_gap(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(published=True)

    for budget in (1, 2, 3):
        changed = {"budget_points": 100_000_000 - budget}
        approve(ask_revision(campaign, asking, **changed), deciding)

    assert list(campaign.terms.order_by("version").values_list("version", "budget_points")) == [
        (1, 100_000_000),
        (2, 99_999_999),
        (3, 99_999_998),
        (4, 99_999_997),
    ]


def test_revision_requested_again_is_the_same_request(asking: Actor) -> None:
    campaign = CampaignFactory.create(published=True)

    first = ask_revision(campaign, asking, edge="partial")
    before = stored()

    assert ask_revision(campaign, asking, edge="partial") == first
    assert stored() == before


def test_revision_supersedes_the_one_that_is_open(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(published=True)

    first = ask_revision(campaign, asking, edge="partial")
    second = ask_revision(campaign, asking, kept_until="2027-04-01")

    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "open")
    with pytest.raises(approvals.ApprovalEnded):
        approve(first, deciding)
    approve(second, deciding)
    assert list(campaign.terms.order_by("version").values_list("edge", "kept_until")) == [
        ("stop", date(2027, 3, 31)),
        ("stop", date(2027, 4, 1)),
    ]


def test_revision_to_what_is_in_force_requests_nothing(asking: Actor) -> None:
    campaign = CampaignFactory.create(published=True)
    before = stored()
    file = campaign_file(code=campaign.code)

    assert terms.request_revision(campaign=campaign, file=file, actor=asking, at=AT) is None
    assert stored() == before


def test_revision_refused_by_the_second_person_can_be_requested_again(
    asking: Actor, deciding: Actor
) -> None:
    campaign = CampaignFactory.create(published=True)
    first = ask_revision(campaign, asking, edge="partial")
    approvals.refuse(approval_id=first.pk, actor=deciding, at=LATER)

    second = ask_revision(campaign, asking, edge="partial")
    assert second != first
    approve(second, deciding)
    assert campaign.terms.count() == 2


UNPAID = [{**file_values()["prizes"][0], "minimum_total_yen": 4_999}]


@pytest.mark.parametrize(
    ("make", "changed", "refusal"),
    [
        pytest.param({"draft": True}, {}, refusals.NotPublished, id="of a draft"),
        pytest.param(
            {"published": True}, {"code": "other"}, refusals.BrokenCampaignFile, id="of another"
        ),
        pytest.param(
            {"published": True}, {"prizes": UNPAID}, refusals.TermsRefused, id="senseless"
        ),
        pytest.param(
            {"published": True},
            {"budget_points": 500_000_000},
            refusals.TermsRefused,
            id="unlawful",
        ),
        pytest.param(
            {"published": True, "frozen_at": AT},
            {"edge": "partial"},
            refusals.EntriesFrozen,
            id="after the freeze",
        ),
    ],
)
def test_refused_revision_leaves_things_as_they_were(
    asking: Actor, make: dict[str, Any], changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    campaign = CampaignFactory.create(**make)
    before = stored()
    file = campaign_file(**{"code": campaign.code, "expected_sales_yen": 20_000_000_001, **changed})

    with pytest.raises(refusal):
        terms.request_revision(campaign=campaign, file=file, actor=asking, at=AT)

    assert stored() == before


@pytest.mark.parametrize("role", ["approver", "support", "ops", "auditor"])
def test_publication_and_revision_need_the_permission(role: str) -> None:
    stranger = Actor(UserFactory.create(role=role))
    draft, published = CampaignFactory.create(draft=True), CampaignFactory.create(published=True)
    before = stored()

    for ask in (
        lambda: ask_publication(draft, stranger),
        lambda: ask_revision(published, stranger, edge="partial"),
        lambda: terms.request_draft_publication(campaign=draft, actor=stranger, at=AT),
    ):
        with pytest.raises(approvals.NotPermitted):
            ask()
    assert stored() == before


def test_freeze_after_the_request_stops_the_approval(asking: Actor, deciding: Actor) -> None:
    campaign = CampaignFactory.create(published=True)
    approval = ask_revision(campaign, asking, edge="partial")
    campaign.entries_frozen_at = LATER
    campaign.save(update_fields=["entries_frozen_at"])
    before = stored()

    with pytest.raises(refusals.EntriesFrozen, match="unless that draw is void"):
        approve(approval, deciding)
    assert stored() == before

    campaign.entries_frozen_at = None
    campaign.save(update_fields=["entries_frozen_at"])
    assert approve(approval, deciding).state == "approved"


def test_freeze_prevents_the_request_for_a_draft(asking: Actor) -> None:
    campaign = CampaignFactory.create(redrafted=True, frozen_at=AT)

    with pytest.raises(refusals.EntriesFrozen):
        terms.request_draft_publication(campaign=campaign, actor=asking, at=LATER)


def test_database_refusal_of_a_frozen_campaign_is_the_same_sentence(deciding: Actor) -> None:
    """Where a program carries out an approval without asking for its content."""
    campaign = CampaignFactory.create(redrafted=True, frozen_at=AT)
    approval = Approval(
        subject=campaign.code,
        content={"version": 2},
        decided_by=deciding.user,
        decided_at=LATER,
    )

    with pytest.raises(refusals.EntriesFrozen):
        terms.publish_draft(approval)
