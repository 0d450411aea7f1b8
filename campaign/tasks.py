"""The tasks of campaigns; what is due and what is done is in Postgres."""

from celery import shared_task

from campaign import aggregation, nightly, reason_counts
from campaign.models import AggregationRun
from core import clock
from core.enqueuing import enqueue
from core.errors import DATABASE_AWAY

# Each worker that gets one computes shards until none is left.
MESSAGES_PER_RUN = aggregation.FULL_SHARDS


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def start_due_runs(**_: object) -> None:
    """Start the runs that are due and enqueue every unfinished one (beat, each minute)."""
    for run in nightly.start_due_runs(now=clock.database_now()):
        for _message in range(MESSAGES_PER_RUN):
            enqueue(compute_shards, run=run.pk)


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def compute_shards(*, run: int, **_: object) -> int:
    """Compute shards of a run until none is left, and close it if it is done."""
    unfinished = AggregationRun.objects.filter(pk=run, finished_at__isnull=True).first()
    if unfinished is None:
        return 0
    computed = aggregation.compute_shards(unfinished)
    aggregation.finish_run(unfinished, at=clock.database_now())
    return computed


@shared_task(autoretry_for=DATABASE_AWAY, retry_backoff=True)
def store_reason_counts(**_: object) -> int:
    """Store the counts of reasons of each finished run that has none (beat, every five minutes)."""
    return reason_counts.store_due_counts()
