"""Request, approve, refuse and withdraw in the admin, each in the name of who is signed in."""

from typing import Any

import pytest
from pytest_django import Settings

from config.env import MovedClock
from core.audit import Actor
from core.errors import Refusal
from core.models import Approval, AuditRecord, User
from tests.campaign.staffpages import act, page, signed_in
from tests.campaign.steps import ask_publication, stored
from tests.core.doing import Doing, ask
from tests.factories.campaign import LATER, ApprovalFactory, CampaignFactory, UserFactory

pytestmark = pytest.mark.django_db
DONE = ("success", "Done.")


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(LATER, runs=False)


def offered(user: User, model: str) -> set[str]:
    """Return the actions that a person finds on a list."""
    response = signed_in(user).get(page(model))
    form = response.context["action_form"]
    return {name for name, _ in form.fields["action"].choices if name} if form else set()


@pytest.mark.parametrize(
    ("role", "on_campaigns", "on_approvals"),
    [
        ("campaign", {"publish"}, {"refuse"}),
        ("approver", set(), {"approve", "refuse"}),
        ("support", set(), {"refuse"}),
        ("ops", set(), {"refuse"}),
        ("auditor", set(), {"refuse"}),
    ],
)
def test_roles_find_their_own_actions(
    role: str, on_campaigns: set[str], on_approvals: set[str]
) -> None:
    CampaignFactory.create(draft=True)
    ApprovalFactory.create()
    user = UserFactory.create(role=role)

    assert offered(user, "campaign") == on_campaigns
    assert offered(user, "approval") == on_approvals
    assert offered(user, "auditrecord") == offered(user, "terms") == set()


def test_publication_is_requested_and_approved_by_a_second_person(
    asking: Actor, deciding: Actor
) -> None:
    campaign = CampaignFactory.create(draft=True)

    assert act(signed_in(asking.user), "campaign", "publish", campaign) == [DONE]
    approval = Approval.objects.get()
    assert (approval.state, approval.requested_by) == ("open", asking.user)
    assert act(signed_in(deciding.user), "approval", "approve", approval) == [DONE]

    published = campaign.terms.get()
    assert (published.published_by, published.published_at) == (deciding.user, LATER)
    assert list(AuditRecord.objects.order_by("id").values_list("action", "user", "os_user")) == [
        ("approval.requested", asking.user.pk, ""),
        ("approval.approved", deciding.user.pk, ""),
    ]


def test_superuser_decides_nothing() -> None:
    admin = UserFactory.create(is_staff=True, is_superuser=True)
    approval = ask_publication(CampaignFactory.create(draft=True), Actor(admin))
    before = stored()

    messages = act(signed_in(admin), "approval", "approve", approval)

    assert messages == [("warning", "No action selected.")]
    assert stored() == before


def test_author_withdraws_without_the_right_to_decide(asking: Actor) -> None:
    approval = ask_publication(CampaignFactory.create(draft=True), asking)

    assert act(signed_in(asking.user), "approval", "refuse", approval) == [DONE]

    approval.refresh_from_db()
    assert (approval.state, approval.decided_by) == ("refused", asking.user)


@pytest.mark.parametrize("role", ["campaign", "support", "ops", "auditor"])
def test_nobody_else_refuses(asking: Actor, role: str) -> None:
    approval = ask_publication(CampaignFactory.create(draft=True), asking)
    before = stored()
    stranger = UserFactory.create(role=role)

    ((level, sentence),) = act(signed_in(stranger), "approval", "refuse", approval)

    assert (level, sentence.split(" core.")[0]) == (
        "warning",
        "This person does not hold the permission",
    )
    assert stored() == before


@pytest.mark.parametrize("role", ["campaign", "support", "ops", "auditor"])
def test_action_that_a_role_does_not_find_cannot_be_sent_either(asking: Actor, role: str) -> None:
    approval = ask_publication(CampaignFactory.create(draft=True), asking)
    before = stored()

    messages = act(signed_in(UserFactory.create(role=role)), "approval", "approve", approval)

    assert [level for level, _ in messages] == ["warning"]
    assert stored() == before


def test_every_chosen_row_has_its_own_answer(asking: Actor, deciding: Actor) -> None:
    first = ask_publication(CampaignFactory.create(draft=True), asking)
    gone = ApprovalFactory.create(action="gone.action")
    second = ask_publication(CampaignFactory.create(draft=True), asking)

    messages = act(signed_in(deciding.user), "approval", "approve", second, gone, first)

    assert messages == [DONE, ("warning", "Nothing can carry out this action."), DONE]


def test_refusal_of_another_app_is_a_warning(doing: Doing, asking: Actor, deciding: Actor) -> None:
    approval = ask(asking)
    doing.failure = Refusal("The draw cannot be published after its time.")

    messages = act(signed_in(deciding.user), "approval", "approve", approval)

    assert messages == [("warning", "The draw cannot be published after its time.")]
    approval.refresh_from_db()
    assert approval.state == "open"


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
