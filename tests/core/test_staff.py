"""Who works here: added with a role, found by name, and on record."""

import pytest
from django.contrib.auth import authenticate
from django.db import transaction

from core import audit, staff
from core.models import AuditRecord, User
from core.roles import ROLES
from core.staff import Added, UnfitName, UnfitPassword, UnknownRole, UnknownStaff, add_staff
from tests.factories.campaign import AT, UserFactory
from tests.guards import refused_as
from tests.sessions import another_session, ended, wait_until_blocked

pytestmark = pytest.mark.django_db
PASSWORD = "kasumi-sakura-hikari"


def add(username: str = "hanako", role: str = "approver", password: str = PASSWORD) -> Added:
    return add_staff(username=username, role=role, password=password, at=AT)


@pytest.mark.parametrize("role", ROLES)
def test_add_staff_makes_an_account_with_the_role_and_a_password(role: str) -> None:
    added = add(role=role)

    user = User.objects.get()
    assert added == Added(user, created=True, joined=True)
    assert (user.username, user.is_staff, user.is_superuser, user.is_active) == (
        "hanako",
        True,
        False,
        True,
    )
    assert [group.name for group in user.groups.all()] == [role]
    assert authenticate(username="hanako", password=PASSWORD) == user


def test_add_staff_hashes_passwords_with_argon2() -> None:
    assert add().user.password.startswith("argon2")


def test_a_username_is_of_one_person() -> None:
    UserFactory.create(username="hanako")
    UserFactory.create(username="Hanako")

    with refused_as("core_user_username_key"):
        UserFactory.create(username="hanako")


def test_add_staff_is_on_record_with_the_machine_s_user() -> None:
    add()

    created, joined = AuditRecord.objects.order_by("id")
    assert (created.action, joined.action) == ("staff.add", "staff.role_added")
    for record in (created, joined):
        assert (record.at, record.subject) == (AT, "hanako")
        assert (record.user, record.os_user) == (None, audit.machine_user())
        assert record.host
        assert record.detail == {"role": "approver"}


def test_add_staff_again_changes_nothing() -> None:
    first = add().user

    again = add(password="another-long-password")

    assert again == Added(first, created=False, joined=False)
    assert authenticate(username="hanako", password=PASSWORD) == first
    assert AuditRecord.objects.count() == 2


def test_add_staff_gives_a_second_role_and_keeps_the_password() -> None:
    first = add().user

    again = add(role="auditor", password="")

    assert again == Added(first, created=False, joined=True)
    assert {group.name for group in first.groups.all()} == {"approver", "auditor"}
    assert authenticate(username="hanako", password=PASSWORD) == first
    last = AuditRecord.objects.latest("id")
    assert (last.action, last.detail) == ("staff.role_added", {"role": "auditor"})


def test_add_staff_normalizes_names_as_the_login_page_does() -> None:
    """Django normalises what is typed there; a name stored otherwise could never sign in."""
    added = add(username="ｈａｎａｋｏ")

    assert added.user.username == "hanako"
    assert add(username="ｈａｎａｋｏ").created is False
    assert staff.get_staff("ｈａｎａｋｏ") == added.user


def test_add_staff_knows_no_other_role() -> None:
    with pytest.raises(UnknownRole, match="campaign, support, ops, approver, auditor, accounts"):
        add(role="boss")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "username",
    ["", " ", "a b", "hana\nko", "hana\0ko", "\udcff", "x" * 65, "x" * 151, "<script>"],
    ids=["empty", "a space", "inside", "line end", "NUL", "half", "long", "longer", "signs"],
)
def test_add_staff_refuses_a_name_that_cannot_be_one(username: str) -> None:
    with pytest.raises(UnfitName) as refusal:
        add(username=username)

    assert not User.objects.exists()
    assert username.strip() == "" or username not in str(refusal.value)


@pytest.mark.parametrize(
    "password",
    ["", "Ab3!", "x" * 11, "password1234", "123456789012"],
    ids=["empty", "short", "11 signs", "common", "numeric"],
)
def test_add_staff_refuses_a_password_easy_to_guess(password: str) -> None:
    with pytest.raises(UnfitPassword) as refusal:
        add(password=password)

    assert not User.objects.exists()
    assert not password or password not in str(refusal.value)


def test_add_staff_refuses_the_name_for_a_password() -> None:
    with pytest.raises(UnfitPassword):
        add(username="hanako-tanaka", password="hanako-tanaka")


def test_add_staff_accepts_a_name_of_64_characters() -> None:
    name = "x" * staff.MAX_NAME_LENGTH

    assert add(username=name).user.username == name == "x" * 64


def test_add_staff_accepts_12_characters() -> None:
    assert add(password="kasumi-hikar").created


@pytest.mark.parametrize(
    "values",
    [{"is_staff": False}, {"is_staff": True, "is_active": False}],
    ids=["a member's account", "an account locked out"],
)
def test_add_staff_refuses_the_name_of_another_account(values: dict[str, bool]) -> None:
    user = UserFactory.create(username="hanako", **values)

    with pytest.raises(UnfitName, match="no active staff user's"):
        add()

    user.refresh_from_db()
    assert (user.is_staff, user.groups.count()) == (values["is_staff"], 0)
    assert not AuditRecord.objects.exists()


def test_generated_passwords_fit_and_differ() -> None:
    passwords = {staff.generate_password() for _ in range(50)}

    assert len(passwords) == 50
    assert {len(password) for password in passwords} == {20}
    assert add(password=passwords.pop()).created


def test_get_staff_finds_active_staff() -> None:
    user = UserFactory.create(username="hanako", role="support")

    assert staff.get_staff("hanako") == user


@pytest.mark.parametrize(
    "username", ["nobody", "", "HANAKO", "hana\0ko", "\udcff", "member", "gone"]
)
def test_get_staff_refuses_anybody_else(username: str) -> None:
    UserFactory.create(username="hanako", role="support")
    UserFactory.create(username="member")
    UserFactory.create(username="gone", role="support", is_active=False)

    with pytest.raises(UnknownStaff) as refusal:
        staff.get_staff(username)

    assert str(refusal.value) == "There is no active staff user with this name."


@pytest.mark.django_db(transaction=True)
def test_two_of_one_name_at_once_are_one() -> None:
    with another_session() as submit:
        with transaction.atomic():
            add()
            other = submit(add)
            wait_until_blocked(other)
        assert ended(other) == Added(User.objects.get(), created=False, joined=False)
