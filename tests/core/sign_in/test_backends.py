"""Only the page of sign-in checks passwords, where the wrong ones are counted."""

import pytest
from django.contrib.auth import authenticate

from core.models import User
from core.sign_in.backends import MemberBackend
from tests.core.signing_in import PASSWORD, staff
from tests.outside import ROOT

APPS = ("portal", "points", "lottery", "entries", "campaign", "bookings", "core", "config")
CHECKS = ("authenticate(", ".check_password(")


def test_one_module_checks_passwords() -> None:
    found = {
        (str(path.relative_to(ROOT)), check)
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for check in CHECKS
        if check in path.read_text()
    }

    assert found == {("core/sign_in/passwords.py", ".check_password(")}


@pytest.mark.django_db
def test_a_members_session_ends_with_the_account_and_gives_no_permission() -> None:
    user = staff(is_superuser=True)
    assert MemberBackend().get_user(user.pk) == user
    assert MemberBackend().get_all_permissions(user) == set()
    assert MemberBackend().authenticate(None, username="hanako", password=PASSWORD) is None
    assert authenticate(username="hanako", password=PASSWORD) == user

    User.objects.update(is_active=False)

    assert MemberBackend().get_user(user.pk) is None
