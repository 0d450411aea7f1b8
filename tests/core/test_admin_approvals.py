"""Request a publication in the admin; the list of approvals there is only for reading."""

from typing import Any

import pytest
from pytest_django import Settings

from config.env import MovedClock
from core.audit import Actor
from core.models import Approval, AuditRecord
from tests.campaign.staffpages import act, decide, page, signed_in
from tests.factories.campaign import LATER, ApprovalFactory, CampaignFactory, UserFactory

pytestmark = pytest.mark.django_db
DONE = ("success", "Done.")


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(LATER, runs=False)


@pytest.mark.parametrize("role", ["campaign", "approver", "support", "ops", "auditor", None])
def test_nothing_is_decided_on_the_list(role: str | None) -> None:
    user = UserFactory.create(role=role, is_staff=True, is_superuser=role is None)
    ApprovalFactory.create()

    response = signed_in(user).get(page("approval"))

    assert response.status_code == 200
    assert response.context["action_form"] is None


def test_publication_is_requested_and_approved_by_a_second_person(
    asking: Actor, deciding: Actor
) -> None:
    campaign = CampaignFactory.create(draft=True)

    assert act(signed_in(asking.user), "campaign", "publish", campaign) == [DONE]
    approval = Approval.objects.get()
    assert (approval.state, approval.requested_by) == ("open", asking.user)
    assert decide(signed_in(deciding.user), approval) == [("success", "Approved and carried out.")]

    published = campaign.terms.get()
    assert (published.published_by, published.published_at) == (deciding.user, LATER)
    assert list(AuditRecord.objects.order_by("id").values_list("action", "user", "os_user")) == [
        ("approval.requested", asking.user.pk, ""),
        ("approval.approved", deciding.user.pk, ""),
    ]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        ({"published": True}, "There are no terms that wait for publication."),
        ({"redrafted": True, "frozen_at": LATER}, "The entrants are frozen for the draw"),
    ],
)
def test_request_that_cannot_be_made_is_a_warning(
    asking: Actor, make: dict[str, Any], sentence: str
) -> None:
    campaign = CampaignFactory.create(**make)

    ((level, words),) = act(signed_in(asking.user), "campaign", "publish", campaign)

    assert (level, words[: len(sentence)]) == ("warning", sentence)
    assert not Approval.objects.exists()
