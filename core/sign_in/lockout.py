"""Pauses after wrong passwords and codes: for each account, and for each browser that it knows.

A try is counted before it is judged, so that a crowd of requests at the same moment gets no more
tries than one after the other. What an outsider fails in pauses the browsers that are unknown to
the account; a known browser has tries of its own. Addresses count nowhere: nginx passes none.
"""

from datetime import timedelta
from enum import Enum, auto

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from core.models import SignInTries, User
from core.sql_files import read_sql

MAX_TRIES = 10
PAUSE = timedelta(minutes=15)
FORGOTTEN = timedelta(hours=1)  # a typing error of this morning does not count any more


class Try(Enum):
    """Whether a try may be judged."""

    GRANTED = auto()
    LAST = auto()  # granted; if it is wrong, a pause has begun
    PAUSED = auto()  # not granted


def claim_try(*, user: User | None, device: str) -> Try:
    """Count a try before it is judged.

    Args:
        user: None for every name that belongs to no account of staff: they are counted together.
        device: the number of a known browser; empty for the unknown ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("core", "claim_try"),
            {
                "user": user.pk if user else None,
                "device": device,
                "max_tries": MAX_TRIES,
                "pause": f"{PAUSE.total_seconds()} s",
                "forgotten": f"{FORGOTTEN.total_seconds()} s",
            },
        )
        row = cursor.fetchone()
    if row is None:
        return Try.PAUSED
    return Try.LAST if row[0] else Try.GRANTED


def give_back(*, user: User, device: str) -> None:
    """Uncount a right password whose second factor is still to come.

    The tries before it stay counted: who has the password gets no further guesses of the factor.
    """
    SignInTries.objects.filter(user=user, device=device).update(
        tries=Greatest(F("tries") - 1, 0), paused_until=None
    )


def forget_tries(*, user: User, device: str | None = None) -> None:
    """Forget the tries of one browser after a complete sign-in, or of all (``device=None``)."""
    tries = SignInTries.objects.filter(user=user)
    if device is not None:
        tries = tries.filter(device=device)
    tries.delete()
