"""Tasks of the draw for the workers."""

from celery import shared_task

from core import clock
from core.errors import DATABASE_AWAY
from lottery import forecasting


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def store_forecasts(**_: object) -> int:
    """Store a forecast for each finished run that has none (beat, every five minutes)."""
    return forecasting.store_due_forecasts(at=clock.database_now())
