"""One account alone against four eyes: what was possible once, tried again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import Settings

from config.env import MovedClock
from core import approvals, staff
from core.approvals import NotPermitted
from core.audit import Actor
from core.models import Approval, User
from core.staff import NoSuperuserHere, OwnRole, RolesApart
from tests.approving import approve, person
from tests.campaign.staffpages import decide, page, signed_in
from tests.campaign.steps import ask_publication
from tests.commands import stored
from tests.core.accounts import PASSWORD, add, give, reset, take, with_password
from tests.factories.campaign import AT, LATER, ApprovalFactory, CampaignFactory, UserFactory
from tests.guards import refused_as, sql

pytestmark = pytest.mark.django_db
ATTACKERS = [
    pytest.param({"is_superuser": True}, id="a superuser"),
    pytest.param({"role": "accounts"}, id="who runs accounts"),
]


@pytest.fixture(autouse=True)
def _clock(settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(LATER, runs=False)


@pytest.fixture(params=ATTACKERS)
def attacker(request: pytest.FixtureRequest, db: None) -> Actor:
    """Return one account that may do most of all."""
    return Actor(UserFactory.create(username="attacker", is_staff=True, **request.param))


def test_an_approver_of_ones_own_making_approves_nothing(attacker: Actor) -> None:
    wanted = ask_publication(CampaignFactory.create(draft=True), person("campaign"))

    made = add("second", "approver", attacker)

    second = Actor(User.objects.get(username="second"))
    for deciding in (attacker, second):
        for approval in (wanted, made.approval):
            with pytest.raises(NotPermitted):
                approve(approval, deciding)
    assert not second.user.groups.exists()
    approve(made.approval)
    assert [group.name for group in second.user.groups.all()] == ["approver"]


def test_an_approvers_password_is_not_reset_alone(attacker: Actor) -> None:
    approver = with_password("hanako", "approver")

    requested = reset(approver, attacker)

    assert authenticate(username="hanako", password=PASSWORD) == approver
    with pytest.raises(NotPermitted):
        approve(requested.approval, attacker)


def test_an_approver_who_lost_the_role_gets_it_back_by_two(attacker: Actor) -> None:
    """Take the role, reset the password meanwhile, give the role again: two people do each."""
    approver = with_password("hanako", "approver")
    with_password("ichiro", "approver")

    take(approver, "approver", attacker)
    assert reset(approver, attacker).approval
    assert authenticate(username="hanako", password=PASSWORD) == approver

    assert give(approver, "approver", attacker).approval
    assert not approver.groups.exists()


@pytest.mark.parametrize("role", ["approver", "ops", "support"])
def test_nobody_gives_a_role_to_themselves(attacker: Actor, role: str) -> None:
    before = [*attacker.user.groups.all()]

    with pytest.raises(OwnRole):
        give(attacker.user, role, attacker)

    assert [*attacker.user.groups.all()] == before
    assert give(with_password("hanako"), "support", attacker).changed


def test_a_request_stays_bound_to_the_roles_that_were_read(attacker: Actor) -> None:
    user = with_password("hanako", "support")
    requested = give(user, "approver", attacker).approval
    give(user, "ops", attacker)

    with pytest.raises(approvals.ContentChanged):
        approve(requested)


@pytest.mark.parametrize("role", ["accounts", "campaign", "ops"])
def test_no_account_requests_and_approves(attacker: Actor, role: str) -> None:
    user = with_password("hanako", role)

    with pytest.raises(RolesApart, match="No account is approver together with"):
        give(user, "approver", attacker)
    with pytest.raises(RolesApart):
        give(UserFactory.create(role="approver"), role, attacker)


def test_a_superuser_is_made_by_two_and_never_in_production(
    attacker: Actor, settings: Settings
) -> None:
    with_password("hanako", "support")

    def request() -> Approval | None:
        return staff.request_superuser(username="hanako", at=AT, actor=attacker).approval

    requested = request()
    assert not User.objects.get(username="hanako").is_superuser
    with pytest.raises(NotPermitted):
        approve(requested, attacker)
    settings.PRODUCTION = True
    with pytest.raises(NoSuperuserHere):
        request()
    with pytest.raises(NoSuperuserHere):
        approve(requested)
    settings.PRODUCTION = False
    approve(requested)
    assert User.objects.get(username="hanako").is_superuser


def test_an_approver_is_no_superuser(attacker: Actor) -> None:
    UserFactory.create(username="hanako", role="approver")

    with pytest.raises(RolesApart):
        staff.request_superuser(username="hanako", at=AT, actor=attacker)


def test_renaming_changes_no_record() -> None:
    """Once the pages named somebody else after it; now there is none."""
    approval = ApprovalFactory.create(
        approved=True, requested_by=with_password("hanako"), decided_by=with_password("ichiro")
    )

    with refused_as("user_name_stays"):
        sql("UPDATE core_user SET username = 'saburo' WHERE username = 'ichiro'")

    approval.refresh_from_db()
    assert (approval.requested_by_name, approval.decided_by_name) == ("hanako", "ichiro")


def test_a_request_cannot_claim_another_name() -> None:
    user = with_password("hanako", "campaign")

    approval = ApprovalFactory.create(requested_by=user, requested_by_name="ichiro")
    sql("UPDATE core_approval SET decided_by_name = 'ichiro'")

    approval.refresh_from_db()
    assert (approval.requested_by_name, approval.decided_by_name) == ("hanako", "")


SENT = {
    "username": "another",
    "is_superuser": "on",
    "is_active": "on",
    "is_staff": "on",
    "password": "x",
    "_save": "Save",
}
FORGED: list[tuple[str, Callable[[User], tuple[str, dict[str, Any]]]]] = [
    ("change", lambda user: (page("user", "change", user.pk), SENT)),
    ("add", lambda _: (page("user", "add"), SENT)),
    ("delete", lambda user: (page("user", "delete", user.pk), {"post": "yes"})),
    ("delete several", lambda user: (page("user"), chosen(user))),
    ("set a password", lambda user: (f"/staff/core/user/{user.pk}/password/", passwords())),
    ("change a group", lambda _: (f"/staff/auth/group/{support().pk}/change/", {"name": "x"})),
]


def chosen(user: User) -> dict[str, Any]:
    """Return what a browser sends to delete a row of a list."""
    return {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}


def passwords() -> dict[str, str]:
    return {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}


def support() -> Group:
    return Group.objects.get(name="support")


@pytest.mark.parametrize("forged", [one for _, one in FORGED], ids=[name for name, _ in FORGED])
def test_the_admin_edits_no_account(attacker: Actor, forged: Any) -> None:
    client: Client = signed_in(attacker.user)
    address, sent = forged(with_password("hanako", "approver"))
    before = stored()

    client.post(address, {**sent, "groups": [support().pk], "user_permissions": [1]})

    assert stored() == before
    assert support().name == "support"


def test_a_superuser_approves_nothing_on_the_pages(attacker: Actor) -> None:
    wanted = ask_publication(CampaignFactory.create(draft=True), person("campaign"))

    assert decide(signed_in(attacker.user), wanted) == []

    wanted.refresh_from_db()
    assert wanted.state == "open"
