"""Disable, reset and restore: who loses access, who gets it, and who must approve."""

from typing import Any

import pytest
from django.contrib.auth import authenticate
from pytest_django import DjangoCaptureOnCommitCallbacks

from core import staff_access
from core.approvals import NotPermitted
from core.audit import Actor
from core.models import AuditRecord, User
from core.staff import LastOfRole, UnfitPassword, UnknownStaff
from core.staff_access import NotNeeded, WaitsForApproval
from tests.approving import approve, person
from tests.core.accounts import (
    NEW_PASSWORD,
    PASSWORD,
    disable,
    give,
    reset,
    restore,
    take,
    with_password,
)
from tests.factories.campaign import AT, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(db: None) -> Actor:
    """Return who runs accounts."""
    return person("accounts")


def test_disable_keeps_the_account_and_its_roles(manager: Actor) -> None:
    user = with_password("hanako", "support")

    assert disable(user, manager).changed

    user.refresh_from_db()
    assert (user.is_active, user.groups.count()) == (False, 1)
    assert not authenticate(username="hanako", password=PASSWORD)
    record = AuditRecord.objects.get()
    assert (record.action, record.subject, record.user) == (
        "staff.disabled",
        "hanako",
        manager.user,
    )
    assert not disable(user, manager).changed


@pytest.mark.parametrize("role", ["accounts", "approver"])
def test_the_last_of_a_role_stays(manager: Actor, role: str) -> None:
    last = manager.user if role == "accounts" else UserFactory.create(role=role)
    UserFactory.create(role=role, is_active=False)

    for lose in (disable, lambda user, actor: take(user, role, actor)):
        with pytest.raises(LastOfRole, match=f"the last account with the role {role}"):
            lose(last, manager)

    UserFactory.create(role=role)
    assert disable(last, manager).changed


def test_the_last_of_another_role_may_go(manager: Actor) -> None:
    assert disable(UserFactory.create(role="auditor"), manager).changed


@pytest.mark.parametrize("role", ["support", "ops", "campaign", "auditor", "accounts"])
def test_reset_sets_an_initial_password(manager: Actor, role: str) -> None:
    user = with_password("hanako", role)

    assert reset(user, manager).changed

    assert not authenticate(username="hanako", password=PASSWORD)
    known = authenticate(username="hanako", password=NEW_PASSWORD)
    assert isinstance(known, User)
    assert known.must_change_password
    assert AuditRecord.objects.get().action == "staff.reset"


def test_reset_removes_the_second_factor(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    removed: list[User] = []
    monkeypatch.setattr(staff_access, "remove_factors", removed.append)
    user = with_password("hanako", "support")

    reset(user, manager)

    assert removed == [user]


def test_reset_refuses_a_password_easy_to_guess(manager: Actor) -> None:
    user = with_password("hanako", "support")

    with pytest.raises(UnfitPassword):
        staff_access.reset_staff(username="hanako", password="hanako", at=AT, actor=manager)

    assert authenticate(username="hanako", password=PASSWORD) == user


@pytest.mark.parametrize(
    "values", [{"role": "approver"}, {"is_superuser": True}], ids=["an approver", "a superuser"]
)
def test_reset_of_who_decides_waits_for_an_approval(
    manager: Actor, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    removed: list[User] = []
    monkeypatch.setattr(staff_access, "remove_factors", removed.append)
    user = UserFactory.create(username="hanako", is_staff=True, **values)
    user.set_password(PASSWORD)
    user.save()

    requested = reset(user, manager)

    assert (requested.changed, removed) == (False, [])
    assert authenticate(username="hanako", password=PASSWORD) == user
    approve(requested.approval)
    assert removed == [user]
    assert not authenticate(username="hanako", password=PASSWORD)
    assert not authenticate(username="hanako", password=NEW_PASSWORD)
    assert reset(user, manager).changed
    assert authenticate(username="hanako", password=NEW_PASSWORD) == user
    # The approval was for one reset.
    assert reset(user, manager).approval


def test_reset_waits_while_an_approval_would_make_an_approver(manager: Actor) -> None:
    """Else who runs accounts would own the account at the moment at which it is trusted."""
    user = with_password("hanako", "support")
    requested = give(user, "approver", manager).approval

    with pytest.raises(WaitsForApproval):
        reset(user, manager)

    assert authenticate(username="hanako", password=PASSWORD) == user
    approve(requested)
    assert reset(user, manager).approval


@pytest.mark.parametrize("change", [disable, reset])
def test_only_who_runs_accounts_changes_them(change: Any) -> None:
    user = with_password("hanako", "support")

    for role in ("approver", "ops", "campaign", "support", "auditor"):
        with pytest.raises(NotPermitted):
            change(user, person(role))


def test_changes_know_staff_only(manager: Actor) -> None:
    member = UserFactory.create(username="member")

    for change in (disable, reset):
        with pytest.raises(UnknownStaff):
            change(member, manager)


def test_restore_of_the_last_approver_is_loud(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    last = with_password("hanako", "approver")
    disabled = with_password("ichiro", "approver")
    disable(disabled, None)

    with django_capture_on_commit_callbacks(execute=True):
        assert restore(last).changed

    known = authenticate(username="hanako", password=NEW_PASSWORD)
    assert isinstance(known, User)
    assert known.must_change_password
    record = AuditRecord.objects.latest("id")
    assert (record.action, record.subject, record.user) == ("staff.restored", "hanako", None)
    assert record.os_user
    warnings = [one.msg for one in caplog.records if one.levelname == "WARNING"]
    assert [(one["event"], one["account"]) for one in warnings if isinstance(one, dict)] == [
        ("staff_restored", last.pk)
    ]


def test_restore_is_refused_while_another_can_approve() -> None:
    last = with_password("hanako", "approver")
    with_password("ichiro", "approver")

    with pytest.raises(NotNeeded, match="ichiro can approve: use staff reset"):
        restore(last)

    assert authenticate(username="hanako", password=PASSWORD) == last
    assert not AuditRecord.objects.exists()


def test_restore_makes_no_approver() -> None:
    with pytest.raises(UnknownStaff, match="no approver with this name"):
        restore(with_password("hanako", "ops"))
