"""The groups have exactly the permissions of the roles after every migrate."""

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.contrib.auth.models import Group, Permission
from pytest_django import DjangoAssertNumQueries

from core import roles

# As the owner: it is a migrate that grants.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_as_owner")]
EVERYBODY = {
    "view_campaign",
    "view_terms",
    "view_approval",
    "view_auditrecord",
    "view_auditseal",
}
OF_BOTH_APPS = {
    "campaign": EVERYBODY | {"change_terms", "request_publication"},
    "support": EVERYBODY,
    "ops": EVERYBODY,
    "approver": EVERYBODY | {"decide_approval"},
    "auditor": EVERYBODY,
    "accounts": EVERYBODY | {"manage_staff"},
}
# Others register what they add; these are the ones that decide about campaigns, approvals, people.
DECISIVE = {
    "change_terms",
    "request_publication",
    "decide_approval",
    "change_approval",
    "manage_staff",
}


def held(role: str) -> set[str]:
    """Return the permissions of a role's group."""
    permissions = Permission.objects.filter(group__name=role).select_related("content_type")
    return {f"{one.content_type.app_label}.{one.codename}" for one in permissions}


def grant() -> None:
    """Do what follows a migrate, for all apps."""
    for app in apps.get_app_configs():
        roles.grant_role_permissions(app)


@pytest.mark.parametrize("role", roles.ROLES)
def test_fresh_database_has_the_group_with_exactly_what_was_registered(role: str) -> None:
    """A permission that no model has would be missing here."""
    assert held(role) == roles.registered(role)


@pytest.mark.parametrize("role", roles.ROLES)
def test_role_has_of_campaigns_and_people_what_its_work_needs(role: str) -> None:
    names = {
        codename
        for app, codename in (name.split(".") for name in held(role))
        if app in ("campaign", "core")
    }

    assert names >= OF_BOTH_APPS[role]
    assert names & DECISIVE == OF_BOTH_APPS[role] & DECISIVE


def test_no_role_both_requests_and_decides() -> None:
    both = {"campaign.request_publication", "core.decide_approval"}

    assert [role for role in roles.ROLES if both <= roles.registered(role)] == []


def test_no_role_writes_what_only_programs_write() -> None:
    written = {
        name
        for role in roles.ROLES
        for name in roles.registered(role)
        if name.split(".")[1].startswith(("add_", "delete_"))
    }

    assert written == {"entries.add_casenote"}  # what was answered to a member


def test_grant_again_changes_nothing() -> None:
    before = {role: held(role) for role in roles.ROLES}

    grant()

    assert {role: held(role) for role in roles.ROLES} == before


def test_grant_revokes_what_is_no_longer_registered() -> None:
    support = Group.objects.get(name="support")
    before = held("support")
    support.permissions.add(*Permission.objects.all())
    assert held("support") > before

    grant()

    assert held("support") == before


def test_grant_of_one_app_does_not_change_the_others() -> None:
    support = Group.objects.get(name="support")
    support.permissions.clear()
    user_permission = Permission.objects.get(codename="view_user")
    session_permission = Permission.objects.get(codename="view_session")
    support.permissions.add(user_permission, session_permission)

    roles.grant_role_permissions(apps.get_app_config("core"))

    assert "core.view_user" not in held("support")
    assert "sessions.view_session" in held("support")


def test_grant_makes_a_group_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    Group.objects.all().delete()

    grant()

    assert set(Group.objects.values_list("name", flat=True)) == set(roles.ROLES)
    assert held("approver") == roles.registered("approver")


def test_registered_permission_reaches_only_its_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "_permissions", {**roles._permissions, "ops": {"core.add_user"}})

    grant()

    assert held("ops") == {"core.add_user"}
    assert "core.add_user" not in held("auditor")


def test_unknown_role_cannot_be_registered() -> None:
    with pytest.raises(KeyError):
        roles.register("boss", {"core.decide_approval"})


def test_migrate_of_some_apps_may_come_before_there_are_groups(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        roles.grant_role_permissions(apps.get_app_config("bookings"), apps=Apps())
