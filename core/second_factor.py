"""Whether a staff user has given the second factor, and what is still to be done before work.

``STAFF_SECOND_FACTOR`` switches it: on in production, off on a developer's machine.
"""

from typing import cast
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core.models import StaffSession, User
from core.sign_in import sessions

# The pages of sign-in that may stand between a password and the work, in this order.
GIVE_FACTOR, ENROL = "staff_account:give_factor", "staff_account:enrol"
RECOVERY_CODES = "staff_account:recovery_codes"
CHANGE_PASSWORD = "staff_account:change_password"  # noqa: S105 - the name of a page


def is_required() -> bool:
    """Return whether staff pages take a second factor here."""
    return bool(settings.STAFF_SECOND_FACTOR)


def ask_again(request: HttpRequest, *, back: str | None = None) -> HttpResponse | None:
    """Return a redirect to the page that asks for the second factor; None where it need not.

    It need not where no second factor is required, or where it was given in the last 5 minutes.
    The page leads back to ``back`` (by default the address of this request), where the person
    presses again.
    """
    session = sessions.current_session(request)
    if not is_required() or (session and sessions.factor_is_recent(session)):
        return None
    return redirect_to_step(request, GIVE_FACTOR, back=back)


def redirect_to_step(request: HttpRequest, step: str, *, back: str | None = None) -> HttpResponse:
    """Redirect to a step's page, which leads back to an address: by default this request's."""
    query = urlencode({"next": back or request.get_full_path()})
    return redirect(f"{reverse(step)}?{query}")


def next_step(request: HttpRequest) -> str | None:
    """Return the name of the page that a signed-in staff user must finish next; None: may work."""
    session = sessions.current_session(request)
    if session is None:
        return None
    if not hasattr(request, "staff_step"):
        request.staff_step = find_step(session, cast("User", request.user))  # type: ignore[attr-defined]
    step: str | None = request.staff_step  # type: ignore[attr-defined] # set above
    return step


def find_step(session: StaffSession, user: User) -> str | None:
    """Return the name of the page that comes next in a session."""
    if is_required():
        if session.factor_at is None:
            return GIVE_FACTOR if has_factor(user) else ENROL
        if not has_written_down_codes(user):
            return RECOVERY_CODES
    return CHANGE_PASSWORD if user.must_change_password else None


def may_work(request: HttpRequest) -> bool:
    """Return whether staff pages are open: a session by password with every step done."""
    return sessions.current_session(request) is not None and next_step(request) is None


def has_factor(user: User) -> bool:
    """Return whether a user has set up an app or a security key."""
    own = Authenticator.objects.filter(user=user)
    return own.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def has_written_down_codes(user: User) -> bool:
    """Return whether a user has confirmed that the recovery codes are written down."""
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return codes.filter(data__has_key="viewed_at").exists()


def remove_factors(user: User) -> int:
    """Remove every second factor of a user, who then sets one up at the next sign-in."""
    deleted, _by_model = Authenticator.objects.filter(user=user).delete()
    return deleted
