"""The workers' tasks for feeds and sign-ins; Postgres records which files were tried."""

from pathlib import Path

import structlog
from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from bookings.inbox import find_arrivals, load_arrival
from core import clock
from core.enqueuing import enqueue
from core.errors import DATABASE_AWAY
from entries.feeds import FEEDS

log = structlog.get_logger(__name__)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def watch_inbox(**_: object) -> None:
    """Enqueue a task for each new or changed file of the inbox (beat, each minute)."""
    if settings.FEED_INBOX:
        for path in find_arrivals(Path(settings.FEED_INBOX)):
            enqueue(load_arrived, path=str(path))


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def load_arrived(*, path: str, **_: object) -> None:
    """Load one inbox file, unless it was tried before or another worker loads it.

    Anybody who can write to the broker can name a path; only a file of the inbox is loaded.
    """
    if not settings.FEED_INBOX or Path(path).parent != Path(settings.FEED_INBOX):
        log.warning("not_in_inbox")
        return
    outcome = load_arrival(path=Path(path), feeds=FEEDS, at=clock.database_now())
    if outcome is not None:
        # A person must look at refused files and quarantined rows.
        write_log = log.warning if outcome.reason or outcome.quarantined else log.info
        write_log(
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
    """Delete expired sessions (beat, each hour)."""
    Session.objects.filter(expire_date__lt=Now()).delete()
