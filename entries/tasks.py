"""What workers do for the feeds and for sign-ins; what has been tried stands in Postgres."""

from pathlib import Path

import structlog
from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from bookings.enqueuing import enqueue
from bookings.inbox import arrivals, load_arrival
from bookings.refusals import DATABASE_AWAY
from campaign import clock
from entries.feeds import FEEDS

log = structlog.get_logger(__name__)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def watch_inbox(**_: object) -> None:
    """Call workers to the files that have arrived in the inbox (beat, each minute)."""
    if settings.FEED_INBOX:
        for path in arrivals(Path(settings.FEED_INBOX)):
            enqueue(load_arrived, path=str(path))


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def load_arrived(*, path: str, **_: object) -> None:
    """Load one file of the inbox, unless that has been done or is being done."""
    outcome = load_arrival(path=Path(path), feeds=FEEDS, at=clock.database_now())
    if outcome is not None:
        # A person has to look at what was refused or set aside.
        tell = log.warning if outcome.reason or outcome.quarantined else log.info
        tell(
            "feed_file",
            name=outcome.name,
            status=str(outcome.status),
            reason=outcome.reason,
            rows=outcome.rows,
            applied=outcome.applied,
            duplicates=outcome.duplicates,
            quarantined=outcome.quarantined,
        )


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def clear_sessions(**_: object) -> None:
    """Delete the sessions that have expired (beat, each hour)."""
    Session.objects.filter(expire_date__lt=Now()).delete()
