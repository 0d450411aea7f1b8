"""Check the passwords of staff: every try is counted, and few are checked at the same time.

One check takes a tenth of a second and a hundred megabytes. In each process one is checked for
unknown browsers, and at once or not at all, so that guessing occupies neither the site's threads
nor the staff's way in; known browsers have a place of their own and wait for it a little.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import BoundedSemaphore
from typing import Any, Protocol

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import audit
from core.audit import Actor
from core.errors import Refusal
from core.models import StaffSession, User
from core.sign_in import sessions
from core.sign_in.devices import known_device
from core.sign_in.lockout import MAX_TRIES, PAUSE, Try, claim_try, give_back

UNKNOWN_BROWSERS, KNOWN_BROWSERS = BoundedSemaphore(1), BoundedSemaphore(1)
KNOWN_WAITS_S = 5.0
MAX_SUBJECT = 100
NO_ACCOUNT = "-"  # never the name that was typed: it may be a password in the wrong field


class NewPassword(Protocol):
    """Django's form of a new password."""

    def save(self, *, commit: bool) -> User:
        """Set the password of the form's user."""


class SignInFailed(Refusal):
    """Name or password is wrong, or too many were; nobody learns which."""


class AccountChanged(Refusal):
    """The account was reset or disabled, or the session ended, while a page was at work."""


class TooManyAtOnce(Refusal):
    """Another password is being checked."""


def check_sign_in(*, request: HttpRequest, username: str, password: str, at: datetime) -> User:
    """Return the staff user with this name and password.

    The answer and the time that it takes are the same for a wrong name, a wrong password, and an
    account that is paused. What was right stays counted until the sign-in is complete.

    Raises:
        SignInFailed: name or password is wrong, or the account is paused for this browser.
        TooManyAtOnce: another check is under way.
    """
    user = find_by_name(username)
    device = known_device(request, user)
    with place(known=bool(device)):
        granted = claim_try(user=user, device=device)
        is_right = matches(None if granted is Try.PAUSED else user, password)
    if user is None or not is_right:
        record_failure(user=user, granted=granted, step="password", known=bool(device), at=at)
        raise sign_in_failed()
    give_back(user=user, device=device)
    return user


def check_own_password(*, request: HttpRequest, user: User, password: str, at: datetime) -> None:
    """Check the present password of a user who is signed in and changes it.

    Raises:
        SignInFailed, TooManyAtOnce: as for signing in.
    """
    if check_sign_in(request=request, username=user.username, password=password, at=at) != user:
        raise sign_in_failed()


@transaction.atomic
def save_own_password(*, user: User, session: StaffSession | None, form: NewPassword) -> None:
    """Save the password that the person chose, and nothing else of the account.

    Args:
        user: as loaded when the request began; a check of a password takes its time.
        session: the session of the request.
        form: with the new password, valid.

    Raises:
        AccountChanged: the account was reset or disabled since, or the session ended.
    """
    unchanged = (
        User.objects.select_for_update()
        .filter(pk=user.pk, is_active=True, password=user.password)
        .first()
    )
    is_open = session and sessions.open_sessions(user).filter(pk=session.pk).exists()
    if not (unchanged and is_open):
        raise AccountChanged(_("Your account was changed meanwhile. Sign in again."))
    form.save(commit=False)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])


def sign_in_failed() -> SignInFailed:
    """Return the refusal that is the same for every reason."""
    return SignInFailed(
        _(
            "The name or the password is wrong. After %(tries)s wrong ones sign-in is paused for "
            "%(minutes)s minutes; a browser in which you signed in before stays open to you."
        )
        % {"tries": MAX_TRIES, "minutes": PAUSE.seconds // 60}
    )


def find_by_name(username: str) -> User | None:
    """Return the active staff user of this name who can sign in with a password."""
    name = User.normalize_username(username)
    user = User.objects.filter(username=name, is_staff=True, is_active=True).first()
    return user if user and user.has_usable_password() else None


def matches(user: User | None, password: str) -> bool:
    """Return whether this is the user's password; without a user it takes as long, and is wrong."""
    if user is None:
        make_password(password)
        return False
    return user.check_password(password)


@contextmanager
def place(*, known: bool) -> Iterator[None]:
    """Wait for one of the places in which passwords are checked.

    Raises:
        TooManyAtOnce: there was none.
    """
    places = KNOWN_BROWSERS if known else UNKNOWN_BROWSERS
    if not places.acquire(timeout=KNOWN_WAITS_S if known else 0):
        raise TooManyAtOnce(_("We are very busy at the moment. Wait a little and try again."))
    try:
        yield
    finally:
        places.release()


def record_failure(
    *, user: User | None, granted: Try, step: str, known: bool, at: datetime
) -> None:
    """Record a wrong password or factor in the audit, and the pause that begins with it.

    Nothing is recorded during a pause: a stranger could otherwise fill the audit.

    Args: ``step``: ``password`` or ``factor``.
    """
    if granted is Try.PAUSED:
        return
    detail: dict[str, Any] = {"step": step, "known_browser": known}
    subject = name_of(user) if user else NO_ACCOUNT
    audit.record_of_nobody(action="staff.sign_in_failed", subject=subject, at=at, detail=detail)
    if granted is Try.LAST:
        audit.record_of_nobody(
            action="staff.locked_out",
            subject=subject,
            at=at,
            detail={"known_browser": known, "minutes": PAUSE.seconds // 60},
        )


def name_of(user: User) -> str:
    """Return an account's name as a subject of the audit, which is shorter than a name may be."""
    return user.username[:MAX_SUBJECT]


def record_own(*, user: User, action: str, at: datetime, **detail: Any) -> None:
    """Record in the audit what a user did with the own account."""
    audit.record(actor=Actor(user), action=action, subject=name_of(user), at=at, detail=detail)
