"""Have credits lapse: what is left of them goes to ``expired``, once.

Source: docs/specs/points.md 2.3.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from core import approvals, audit
from core.audit import Actor
from core.commands import JAPAN
from core.locks import Lock, take
from core.sql_files import read_sql
from points.auditing import MAY_PAY
from points.models import Transfer

CREDITS_AT_ONCE = 5_000


def record_start(*, at: datetime, actor: Actor | None) -> None:
    """Record in the audit that a person has credits expire now; nothing where none would.

    Workers need nobody for it: the terms say when.

    Raises:
        NotPermitted: the person may not pay.
    """
    approvals.require_actor(actor, MAY_PAY)
    if something_lapses(at=at):
        day = at.astimezone(JAPAN).date().isoformat()
        detail = {"last_day_before": day}
        audit.record(actor=actor, action="points.expire", subject="credits", at=at, detail=detail)


def expire_credits(*, at: datetime) -> tuple[int, int]:
    """Have every credit lapse whose last day is over; return how many did, and their points.

    Some at a time, each time a transaction: one that is killed leaves the rest to the next.
    """
    count = points = after = 0
    while True:
        lapsed, their_points, last = expire_next(after, at=at)
        count, points = count + lapsed, points + their_points
        if last is None:
            return count, points
        after = last


@transaction.atomic
def expire_next(after: int, *, at: datetime) -> tuple[int, int, int | None]:
    """Have some credits lapse, those that come after one; say how far this got, None at the end."""
    take(Lock.LEDGER)
    today = at.astimezone(JAPAN).date()
    lapsed = Transfer.objects.filter(
        kind=Transfer.Kind.CREDIT, pk__gt=after, expires_on__lt=today
    ).order_by("id")
    numbers = list(lapsed.values_list("id", flat=True)[:CREDITS_AT_ONCE])
    if not numbers:
        return 0, 0, None
    values: dict[str, Any] = {
        "after": after,
        "today": today,
        "max_credits": CREDITS_AT_ONCE,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(read_sql("points", "expire_credits"), values)
        points = [row[0] for row in cursor.fetchall()]
    return len(points), sum(points), numbers[-1]


def something_lapses(*, at: datetime) -> bool:
    """Say whether there is a credit whose last day is over and that has not lapsed yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("points", "find_credit_to_expire"), {"today": at.astimezone(JAPAN).date()}
        )
        return cursor.fetchone() is not None
