"""Accounts in the database: never renamed, of one kind, never both requester and approver."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from core.models import User
from tests.factories.campaign import UserFactory
from tests.guards import refused_as, sql
from tests.sessions import another_session, ended, wait_until_blocked

pytestmark = pytest.mark.django_db
APART = ("accounts", "campaign", "ops")


def join(user: User, role: str) -> None:
    """Give a role past core.staff."""
    user.groups.add(Group.objects.get(name=role))


@pytest.mark.parametrize("values", [{"is_staff": True}, {}], ids=["staff", "a member"])
def test_user_name_stays(values: dict[str, Any]) -> None:
    user = UserFactory.create(username="hanako", **values)

    with refused_as("user_name_stays"):
        sql("UPDATE core_user SET username = 'ichiro'")

    user.email = "hanako@example.jp"
    user.save()


@pytest.mark.parametrize("is_staff", [True, False])
def test_user_is_staff_from_the_beginning(is_staff: bool) -> None:
    """Else a member's account could become staff, and staff a member whom an erasure removes."""
    user = UserFactory.create(is_staff=is_staff)

    with refused_as("user_staff_from_the_beginning"):
        User.objects.update(is_staff=not is_staff)

    User.objects.update(is_staff=is_staff, is_active=False)
    user.refresh_from_db()
    assert (user.is_staff, user.is_active) == (is_staff, False)


def test_user_of_staff_is_never_deleted_and_a_member_may_be() -> None:
    UserFactory.create(is_staff=True)
    member = UserFactory.create()

    with refused_as("user_staff_never_deleted"):
        sql("DELETE FROM core_user WHERE is_staff")

    assert sql("DELETE FROM core_user WHERE id = %s", member.pk) == 1


@pytest.mark.parametrize("role", APART)
@pytest.mark.parametrize("is_first", [True, False], ids=["approver first", "approver second"])
def test_user_approver_apart(role: str, is_first: bool) -> None:
    first, second = ("approver", role) if is_first else (role, "approver")
    user = UserFactory.create(role=first)

    with refused_as("user_approver_apart"):
        join(user, second)
    with refused_as("user_approver_apart"):
        join(UserFactory.create(is_staff=True, is_superuser=True), "approver")

    join(user, "auditor")
    assert user.groups.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "SERIALIZABLE"])
def test_user_approver_apart_needs_the_newest_rows(isolation: str) -> None:
    """An older snapshot would not show the role that another session gave meanwhile."""
    user = UserFactory.create(role="auditor")

    sql(f"SET default_transaction_isolation = '{isolation.lower()}'")
    try:
        with transaction.atomic(), refused_as("user_approver_apart"):
            join(user, "approver")
    finally:
        sql("RESET default_transaction_isolation")

    join(user, "approver")
    assert user.groups.count() == 2


def test_user_approver_apart_holds_for_a_membership_that_changes() -> None:
    user = UserFactory.create(role="approver")
    join(user, "auditor")

    with refused_as("user_approver_apart"):
        sql(
            "UPDATE core_user_groups SET group_id = (SELECT id FROM auth_group WHERE name = 'ops')"
            " WHERE group_id = (SELECT id FROM auth_group WHERE name = 'auditor')"
        )


def test_user_superuser_apart() -> None:
    approver, other = UserFactory.create(role="approver"), UserFactory.create(role="ops")

    with refused_as("user_superuser_apart"):
        User.objects.filter(pk=approver.pk).update(is_superuser=True)

    User.objects.filter(pk=other.pk).update(is_superuser=True)


@pytest.mark.django_db(transaction=True)
def test_two_roles_at_once_are_not_given_both() -> None:
    user = UserFactory.create(is_staff=True)
    with another_session() as submit:
        with transaction.atomic():
            join(user, "approver")
            other = submit(join, user, "ops")
            wait_until_blocked(other)
        with refused_as("user_approver_apart"):
            ended(other)

    assert [group.name for group in user.groups.all()] == ["approver"]
