"""The tasks that every app stands on."""

from celery import shared_task

from core import clock, sealing
from core.errors import DATABASE_AWAY
from core.heartbeats import note_heartbeat
from core.models import Heartbeat


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def seal_audit(**_: object) -> int:
    """Seal the audit's new records; return their number (beat, each minute)."""
    return sealing.seal_audit(at=clock.database_now())


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def note_beat(**_: object) -> None:
    """Note that beat is at work, whose message this is (beat, each minute)."""
    note_heartbeat(Heartbeat.Kind.BEAT)
