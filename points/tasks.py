"""What workers do for the money; what is due and what is done stands in Postgres."""

import structlog
from celery import shared_task

from bookings.enqueuing import enqueue
from bookings.refusals import DATABASE_AWAY
from campaign import clock
from points import expiring, payout
from points.models import Payout
from points.queries import all_warnings, due_payouts

log = structlog.get_logger(__name__)
HANDS = 2  # messages sent for a payout; each worker that gets one pays parts until none is left


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def start_due_work(**_: object) -> None:
    """Call workers to what is due, and tell of what nobody approved or what stalled.

    Beat calls it each minute: whatever a killed worker or a lost message left is found again.
    """
    now = clock.database_now()
    for one in due_payouts(now=now):
        for _hand in range(HANDS):
            enqueue(pay_parts, payout_id=one.pk)
    if expiring.something_lapses(at=now):
        enqueue(expire_credits)
    for sentence in all_warnings(now=now):
        log.error("payout_waits", warning=sentence)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def pay_parts(*, payout_id: int, **_: object) -> int:
    """Pay parts of a payout until none is left, and end it if all are done."""
    waiting = Payout.objects.select_related("draw__campaign", "draw__terms")
    unfinished = waiting.filter(pk=payout_id, ended_at__isnull=True).first()
    return payout.work_on(unfinished, now=clock.database_now) if unfinished else 0


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def expire_credits(**_: object) -> int:
    """Have every credit lapse whose last day is over."""
    lapsed, _points = expiring.expire_credits(at=clock.database_now())
    return lapsed
