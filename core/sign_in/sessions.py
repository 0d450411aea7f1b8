"""The sessions of staff: when they begin, and everything that ends them.

All by the database server's real time, which no moved clock changes.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest

from core.models import StaffSession, User
from core.printable import printable
from core.sign_in.backends import signed_in_as_staff

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_AGAIN = timedelta(minutes=1)  # not a write for each request
FACTOR_IS_RECENT = timedelta(minutes=5)
LISTED = timedelta(days=90)
SESSION_KEY = "staff_session"
MAX_BROWSER = 200

OPEN = Q(
    ended_at__isnull=True,
    started_at__gt=Now() - ABSOLUTE,
    seen_at__gt=Now() - IDLE,
)


def start_session(*, request: HttpRequest, user: User, **_: Any) -> None:
    """Record a session that began with a password; Django calls this at each sign-in."""
    if not signed_in_as_staff(request):
        return
    StaffSession.objects.filter(user=user, started_at__lt=Now() - LISTED).delete()
    browser = printable(request.META.get("HTTP_USER_AGENT", ""))[:MAX_BROWSER]
    session = StaffSession.objects.create(user=user, browser=browser)
    request.session[SESSION_KEY] = session.pk
    request.staff_session = session  # type: ignore[attr-defined] # read by current_session


def load_session(request: HttpRequest, user: User) -> StaffSession | None:
    """Return the open session of a request, and note that it is used; None where it has ended."""
    session = open_sessions(user).filter(pk=request.session.get(SESSION_KEY, 0)).first()
    if session is not None:
        request.staff_session = session  # type: ignore[attr-defined] # read by current_session
        StaffSession.objects.filter(pk=session.pk, seen_at__lt=Now() - SEEN_AGAIN).update(
            seen_at=Now()
        )
    return session


def current_session(request: HttpRequest) -> StaffSession | None:
    """Return the open staff session of a request; None for visitors and members."""
    # The user is loaded at first use, and the session with it.
    if isinstance(request.user, AnonymousUser) or not request.user.is_authenticated:
        return None
    session: StaffSession | None = getattr(request, "staff_session", None)
    return session


def open_sessions(user: User) -> QuerySet[StaffSession]:
    """Return the sessions of a user that have not ended in any way, the latest first."""
    return StaffSession.objects.filter(OPEN, user=user).order_by("-seen_at", "-id")


def end_sessions(*, user: User, by: User, but: StaffSession | None = None) -> int:
    """End the open sessions of a user, except one; return how many."""
    ending = open_sessions(user).exclude(pk=but.pk if but else 0)
    return ending.order_by().update(ended_at=Now(), ended_by=by)


def end_session(*, session: StaffSession, by: User) -> None:
    """End one session; one that has ended stays as it is."""
    StaffSession.objects.filter(pk=session.pk, ended_at__isnull=True).update(
        ended_at=Now(), ended_by=by
    )


def note_factor(request: HttpRequest, session: StaffSession) -> None:
    """Save that the second factor was given just now, under a new key of the session."""
    StaffSession.objects.filter(pk=session.pk).update(factor_at=Now(), seen_at=Now())
    session.refresh_from_db()
    request.session.cycle_key()


def factor_is_recent(session: StaffSession) -> bool:
    """Return whether the second factor was given within the last five minutes."""
    recent = StaffSession.objects.filter(pk=session.pk, factor_at__gt=Now() - FACTOR_IS_RECENT)
    return recent.exists()
