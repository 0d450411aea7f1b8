"""The tasks that every app stands on."""

from celery import shared_task

from core import clock, sealing
from core.errors import DATABASE_AWAY


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def seal_audit(**_: object) -> int:
    """Seal the audit's new records; return their number (beat, each minute)."""
    return sealing.seal_audit(at=clock.database_now())
