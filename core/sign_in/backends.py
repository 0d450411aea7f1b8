"""How an account signed in: staff with a password, a member through WESTER ID.

A session names the backend that it came through, so a member's session opens no staff page, also
where the account was made staff since.
"""

from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.http import HttpRequest

from core.models import User

STAFF_BACKEND = "core.sign_in.backends.StaffBackend"
MEMBER_BACKEND = "core.sign_in.backends.MemberBackend"


class StaffBackend(ModelBackend):
    """Sessions of staff; roles and permissions as Django has them.

    No page calls its ``authenticate``, which counts no wrong password (core.sign_in.passwords).
    """


class MemberBackend(BaseBackend):
    """Sessions of members, whom WESTER ID identified; no permission comes from here."""

    def get_user(self, user_id: int) -> User | None:
        """Return the active account of a session."""
        return User.objects.filter(pk=user_id, is_active=True).first()


def signed_in_as_staff(request: HttpRequest) -> bool:
    """Return whether the session began with a password, not at WESTER ID."""
    return bool(request.session.get(BACKEND_SESSION_KEY) == STAFF_BACKEND)
