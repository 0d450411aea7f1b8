"""What workers do for campaigns; what is due and what is done stands in Postgres."""

from celery import shared_task

from bookings.enqueuing import enqueue
from bookings.refusals import DATABASE_AWAY
from campaign import aggregation, clock, nightly
from campaign.models import AggregationRun

# Messages sent for a run; each worker that gets one takes shards until none is left.
HANDS = aggregation.FULL_SHARDS


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def start_due_runs(**_: object) -> None:
    """Start what is due tonight and call workers to every unfinished run (beat, each minute)."""
    for run in nightly.start_due_runs(now=clock.database_now()):
        for _hand in range(HANDS):
            enqueue(compute_shards, run=run.pk)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def compute_shards(*, run: int, **_: object) -> int:
    """Compute shards of a run until none is left, and close it if it is done."""
    unfinished = AggregationRun.objects.filter(pk=run, finished_at__isnull=True).first()
    if unfinished is None:
        return 0
    computed = aggregation.work_on(unfinished)
    aggregation.finish(unfinished, at=clock.database_now())
    return computed
