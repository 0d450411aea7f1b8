"""The browsers that an account signed in with before, recognised by a signed cookie.

The cookie signs nobody in and replaces no factor: failed tries of a known browser are counted by
themselves, so that strangers who guess pause only browsers that are unknown to the account.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from core.models import User

SALT = "core.sign_in.devices"
KNOWN_S = 60 * 60 * 24 * 90
MAX_USERS = 10  # of one shared browser; the earliest is forgotten


def known_device(request: HttpRequest, user: User | None) -> str:
    """Return the number of the browser where it is known to an account; else an empty text."""
    device, users = read_cookie(request)
    return device if user is not None and user.pk in users else ""


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Make the browser known to an account that signed in completely."""
    device, users = read_cookie(request)
    known = [*(pk for pk in users if pk != user.pk), user.pk][-MAX_USERS:]
    response.set_cookie(
        settings.STAFF_DEVICE_COOKIE_NAME,
        signing.dumps([device or secrets.token_hex(16), known], salt=SALT),
        max_age=KNOWN_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def read_cookie(request: HttpRequest) -> tuple[str, list[int]]:
    """Return the browser's number and the accounts that know it; nothing of a forged cookie."""
    text = request.COOKIES.get(settings.STAFF_DEVICE_COOKIE_NAME, "")
    try:
        device, users = signing.loads(text, salt=SALT, max_age=KNOWN_S)
    except signing.BadSignature:
        return "", []
    return device, users
