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
from points import keys
from points.auditing import MAY_PAY
from points.models import Transfer

CREDITS_AT_ONCE = 5_000
# Nothing takes points off a member's account but an expiry or a reversal of the whole credit, so
# what is left of one that stands is all of it. Uses transfer_one_of_a_kind_per_award and
# transfer_reversed_once.
EXPIRE = f"""
INSERT INTO points_transfer
    (key, kind, from_account_id, to_account_id, points, award_id, at, made_by)
SELECT {keys.award_key_sql(keys.EXPIRE)}, 'expire', lapsed.to_account_id, expired.id, lapsed.points,
    lapsed.award_id, %(at)s, 'points.expire'
FROM (
    SELECT * FROM points_transfer credit
    WHERE credit.kind = 'credit' AND credit.id > %(after)s AND credit.expires_on < %(today)s
    ORDER BY credit.id LIMIT %(most)s
) lapsed
JOIN lottery_award award ON award.id = lapsed.award_id
JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
JOIN lottery_draw draw ON draw.id = award.draw_id
JOIN points_account expired
    ON expired.campaign_id = draw.campaign_id AND expired.kind = 'expired'
WHERE NOT EXISTS (SELECT FROM points_transfer reversal WHERE reversal.reverses_id = lapsed.id)
    AND NOT EXISTS (
        SELECT FROM points_transfer expiry
        WHERE expiry.award_id = lapsed.award_id AND expiry.kind = 'expire'
    )
ORDER BY 1
ON CONFLICT (key, payload) DO NOTHING
RETURNING points"""


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
    values: dict[str, Any] = {"after": after, "today": today, "most": CREDITS_AT_ONCE, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(EXPIRE, values)
        points = [row[0] for row in cursor.fetchall()]
    return len(points), sum(points), numbers[-1]


def something_lapses(*, at: datetime) -> bool:
    """Say whether there is a credit whose last day is over and that has not lapsed yet."""
    with connection.cursor() as cursor:
        cursor.execute(LAPSES, {"today": at.astimezone(JAPAN).date()})
        return cursor.fetchone() is not None


LAPSES = """
SELECT 1 FROM points_transfer credit
WHERE credit.kind = 'credit' AND credit.expires_on < %(today)s
    AND NOT EXISTS (SELECT FROM points_transfer reversal WHERE reversal.reverses_id = credit.id)
    AND NOT EXISTS (
        SELECT FROM points_transfer expiry
        WHERE expiry.award_id = credit.award_id AND expiry.kind = 'expire'
    )
LIMIT 1"""
