"""Staff who sign in with password and second factor."""

import json
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client

from core.models import AuditRecord, StaffSession, User
from tests.database import as_owner

PASSWORD = "violet-kettle-ladder-71"
SIGN_IN, INDEX = "/staff/login/", "/staff/"
FACTOR, ENROL = "/staff/login/second-factor/", "/staff/login/enrol/"
CODES, CHANGE = "/staff/login/recovery-codes/", "/staff/login/password/"
ACCOUNT = "/staff/account/"


def staff(username: str = "hanako", *, role: str | None = None, **values: Any) -> User:
    """Return a staff user with a password."""
    user = User.objects.create_user(username, password=PASSWORD, is_staff=True, **values)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def give_app(user: User) -> str:
    """Set up an app for a user; return its secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    RecoveryCodes.activate(user).mark_as_viewed()
    return secret


def code_of(secret: str, *, steps: int = 0) -> str:
    """Return what an app shows, some half minutes later."""
    now = list(totp.yield_hotp_counters_from_time())[1]
    return totp.format_hotp_value(totp.hotp_value(secret, now + steps))


def wrong_code(secret: str) -> str:
    """Return six digits that the app shows at no time near."""
    near = {code_of(secret, steps=steps) for steps in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222") if code not in near)


def forget_used_codes(user: User) -> None:
    """Let the app's present code be taken once more, as half a minute later."""
    for app in Authenticator.objects.filter(user=user, type="totp"):
        app.data.pop("last_step", None)
        app.save()


def browser() -> Client:
    """Return a browser in English, over TLS."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def type_password(client: Client, username: str = "hanako", password: str = PASSWORD) -> Any:
    """Send name and password."""
    sent = {"username": username, "password": password, "next": INDEX}
    return client.post(SIGN_IN, sent, secure=True)


def type_code(client: Client, code: str, **more: str) -> Any:
    """Send a code as the second factor."""
    return client.post(FACTOR, {"code": code, **more}, secure=True)


def sign_in(client: Client, secret: str, username: str = "hanako") -> None:
    """Sign in with password and app."""
    type_password(client, username)
    assert type_code(client, code_of(secret)).status_code == 302
    forget_used_codes(User.objects.get(username=username))
    assert may_work(client)


def known_browser(user: User, secret: str) -> Client:
    """Return a browser in which the user signed in completely, and out again."""
    client = browser()
    sign_in(client, secret, user.username)
    client.post("/staff/logout/", secure=True)
    assert not may_work(client)
    return client


def may_work(client: Client) -> bool:
    """Return whether the staff's first page opens."""
    return bool(client.get(INDEX, secure=True).status_code == 200)


def leads_to(response: Any) -> str:
    """Return the path that a response redirects to; empty where it does not."""
    return str(response.headers.get("Location", "")).partition("?")[0]


def question_on(client: Client, path: str) -> dict[str, Any]:
    """Return what a page asks a security key."""
    question: dict[str, Any] = json.loads(
        client.get(path, secure=True).context["key_question_json"]
    )
    return question


def change_sessions(**values: Any) -> None:
    """Change every session as only the database's owner can."""
    with as_owner():
        StaffSession.objects.update(**values)


def recorded(action: str) -> list[tuple[str, str, Any]]:
    """Return who did something, to what, and the details, by the audit."""
    records = AuditRecord.objects.filter(action=action).order_by("id")
    return list(records.values_list("name", "subject", "detail"))
