"""What workers do for points; the database knows what is due and what is done."""

import structlog
from celery import shared_task

from core import clock
from core.enqueuing import enqueue
from core.errors import DATABASE_AWAY
from points import expiring, payout, purging
from points.models import Payout
from points.queries import find_due_payouts, list_warnings

log = structlog.get_logger(__name__)
MESSAGES_PER_PAYOUT = 2  # as many workers share it: each pays parts until none is left


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def start_due_work(**_: object) -> None:
    """Enqueue what is due, and log what is not approved or has stalled.

    Beat runs it each minute, so that what a killed worker or a lost message left is found again.
    """
    now = clock.database_now()
    for one in find_due_payouts(now=now):
        for _message in range(MESSAGES_PER_PAYOUT):
            enqueue(pay_parts, payout_id=one.pk)
    if expiring.has_credits_to_expire(at=now):
        enqueue(expire_credits)
    for purge in purging.waiting_purges():
        enqueue(purge_campaign, purge_id=purge.pk)
    for sentence in list_warnings(now=now):
        log.error("payout_waits", warning=sentence)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def pay_parts(*, payout_id: int, **_: object) -> int:
    """Pay parts of a payout until none is left, and end it."""
    waiting = Payout.objects.select_related("draw__campaign", "draw__terms")
    unfinished = waiting.filter(pk=payout_id, ended_at__isnull=True).first()
    return payout.pay_remaining_parts(unfinished, now=clock.database_now) if unfinished else 0


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def expire_credits(**_: object) -> int:
    """Expire every credit whose last day is over."""
    count, _points = expiring.expire_credits(at=clock.database_now())
    return count


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def purge_campaign(*, purge_id: int, **_: object) -> dict[str, int]:
    """Carry out an approved purge that waits; report the rows of each table."""
    waiting = purging.waiting_purges().filter(pk=purge_id).first()
    return purging.carry_out_purge(waiting, at=clock.database_now()) if waiting else {}
