"""Expire credits: move what is left of each to its campaign's account ``expired``, once.

Source: docs/specs/points.md 2.3.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from core import approvals, audit
from core.audit import Actor
from core.commands import JAPAN
from core.locks import Lock, acquire
from core.sql_files import read_sql
from points.auditing import MAY_PAY
from points.models import Transfer

MAX_CREDITS_PER_BATCH = 5_000


def record_expiry_start(*, at: datetime, actor: Actor | None) -> None:
    """Record in the audit that a person starts the expiry, if a credit is due.

    Workers need no person for it: the terms say when.

    Raises:
        NotPermitted: the person may not pay.
    """
    approvals.require_actor(actor, MAY_PAY)
    if has_credits_to_expire(at=at):
        day = at.astimezone(JAPAN).date().isoformat()
        detail = {"last_day_before": day}
        audit.record(actor=actor, action="points.expire", subject="credits", at=at, detail=detail)


def expire_credits(*, at: datetime) -> tuple[int, int]:
    """Expire every credit whose last day is over; return how many, and their points.

    In batches of one transaction each: where it is killed, the next run does the rest.
    """
    count = points = after = 0
    while True:
        expired, their_points, last = expire_next_credits(after, at=at)
        count, points = count + expired, points + their_points
        if last is None:
            return count, points
        after = last


@transaction.atomic
def expire_next_credits(after: int, *, at: datetime) -> tuple[int, int, int | None]:
    """Expire the next due credits behind transfer ``after``.

    Returns how many, their points, and the last transfer looked at, None at the end.
    """
    acquire(Lock.LEDGER)
    today = at.astimezone(JAPAN).date()
    due = Transfer.objects.filter(
        kind=Transfer.Kind.CREDIT, pk__gt=after, expires_on__lt=today
    ).order_by("id")
    numbers = list(due.values_list("id", flat=True)[:MAX_CREDITS_PER_BATCH])
    if not numbers:
        return 0, 0, None
    values: dict[str, Any] = {
        "after": after,
        "today": today,
        "max_credits": MAX_CREDITS_PER_BATCH,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(read_sql("points", "expire_credits"), values)
        points = [row[0] for row in cursor.fetchall()]
    return len(points), sum(points), numbers[-1]


def has_credits_to_expire(*, at: datetime) -> bool:
    """Return whether a credit is due to expire: its last day is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("points", "find_credit_to_expire"), {"today": at.astimezone(JAPAN).date()}
        )
        return cursor.fetchone() is not None
