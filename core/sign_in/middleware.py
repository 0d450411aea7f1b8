"""Who is signed in: a staff session that has ended signs nobody in, on any page."""

from functools import partial
from typing import cast

from django.contrib import messages
from django.contrib.auth import get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from core.models import User
from core.sign_in import sessions
from core.sign_in.backends import signed_in_as_staff


class Authentication(AuthenticationMiddleware):
    """Set ``request.user`` as Django does, and end staff sessions that are over."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the user, who is loaded at the first use: public pages need none."""
        super().process_request(request)
        request.user = cast("User", SimpleLazyObject(partial(load_user, request)))


def load_user(request: HttpRequest) -> User | AnonymousUser:
    """Return the user of a session; for a staff session that has ended, nobody."""
    user = get_user(request)
    if isinstance(user, AnonymousUser) or not signed_in_as_staff(request):
        return user
    if sessions.load_session(request, user) is None:
        request.session.flush()
        messages.info(
            request,
            _("You were signed out: your session was ended, or not used for 30 minutes."),
            fail_silently=True,
        )
        return AnonymousUser()
    return user
