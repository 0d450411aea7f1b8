"""The scheduler of beat: by a monotonic clock, and only while workers keep up."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from celery.beat import ScheduleEntry, Scheduler
from celery.schedules import schedule

log = structlog.get_logger(__name__)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = EPOCH - timedelta(days=365)  # earlier than any value of steady_now
# With this many messages in the queue no worker keeps up; more would only fill the broker.
MAX_WAITING = 20


def steady_now() -> datetime:
    """Return the monotonic clock as an instant; only differences of two are meaningful."""
    return EPOCH + timedelta(seconds=time.monotonic())


class SteadyScheduler(Scheduler):
    """Enqueue each task when beat starts, then at its interval in seconds.

    Nothing is stored on disk and the machine's clock is not read: set back, it would silence beat
    until it shows the same time again. Whether work is due, the database's clock decides.
    """

    def setup_schedule(self) -> None:
        """Create the entries of CELERY_BEAT_SCHEDULE, whose schedules are seconds."""
        for name, entry in self.app.conf.beat_schedule.items():
            every = schedule(entry["schedule"], nowfun=steady_now, app=self.app)
            self.add(name=name, task=entry["task"], schedule=every, last_run_at=NEVER)

    def apply_async(self, entry: ScheduleEntry, *args: Any, **options: Any) -> Any:
        """Enqueue a task unless the queue is too long for the workers."""
        channel: Any = self.connection.default_channel  # its type lacks queue_declare
        waiting = channel.queue_declare(self.app.conf.task_default_queue).message_count
        if waiting >= MAX_WAITING:
            log.warning("workers_behind", waiting=waiting, task=entry.task)
            return None
        return super().apply_async(entry, *args, **options)
