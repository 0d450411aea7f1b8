"""The sign-ins under way in a browser: in a signed cookie, so that a press stores nothing here.

allauth stores the state of a sign-in (where it leads, the PKCE verifier) in the session. A press of
the button by anybody would then write a row of the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.socialaccount.internal.statekit import (
    STATE_TTL,
    STATES_SESSION_KEY,
    get_oldest_state,
)
from django.conf import settings
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpRequest, HttpResponse

# Browsers drop a cookie of more than 4096 bytes, name and attributes included.
MAX_COOKIE = 3800


class PendingSignIns(SessionStore):
    """A session that only the browser stores, for as long as an answer is awaited."""

    def get_session_cookie_age(self) -> int:
        """Return for how many seconds the cookie is believed."""
        return STATE_TTL

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's
        """Sign what is stored; drop the oldest sign-ins where a cookie has no room for all."""
        super().save(must_create)
        states = self.get(STATES_SESSION_KEY, {})
        while len(str(self.session_key)) > MAX_COOKIE and states:
            del states[get_oldest_state(states)]
            super().save(must_create)


@contextmanager
def only_in_browser(request: HttpRequest) -> Iterator[None]:
    """Give allauth the browser's own session inside the block; ``set_cookie`` sends it back."""
    session = request.session
    request.session = PendingSignIns(request.COOKIES.get(settings.SIGN_IN_COOKIE_NAME))
    try:
        yield
    finally:
        vars(request)["pending_sign_ins"], request.session = request.session, session


def set_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Send the sign-ins under way to the browser, where this request changed them."""
    pending: PendingSignIns | None = vars(request).get("pending_sign_ins")
    if pending is None:
        return
    if pending.get(STATES_SESSION_KEY):
        response.set_cookie(
            settings.SIGN_IN_COOKIE_NAME,
            str(pending.session_key),
            max_age=STATE_TTL,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    elif settings.SIGN_IN_COOKIE_NAME in request.COOKIES:
        response.delete_cookie(settings.SIGN_IN_COOKIE_NAME, samesite="Lax")
