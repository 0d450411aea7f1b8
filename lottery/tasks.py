"""What workers do for draws."""

from celery import shared_task

from bookings.refusals import DATABASE_AWAY
from campaign import clock
from lottery import forecasting


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def keep_forecasts(**_: object) -> int:
    """Keep a forecast for each run that has finished since (beat, each five minutes)."""
    return forecasting.keep_due_forecasts(at=clock.database_now())
