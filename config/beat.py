"""How beat enqueues the periodic tasks: by a steady clock, and while workers keep up."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from celery.beat import ScheduleEntry, Scheduler
from celery.schedules import schedule

log = structlog.get_logger(__name__)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = EPOCH - timedelta(days=365)  # before anything that a steady clock shows
# With so many messages waiting no worker keeps up, and another one would only fill the broker.
MAX_WAITING = 20


def steady_now() -> datetime:
    """Return an instant of a clock that nobody sets: its distances are right, its date is not."""
    return EPOCH + timedelta(seconds=time.monotonic())


class SteadyScheduler(Scheduler):
    """Enqueue each task when beat starts, then every so many seconds.

    Nothing is remembered on disk, and the machine's clock is not asked: set back, it would keep
    beat silent until it is again where it was. When work is due, the database's clock decides.
    """

    def setup_schedule(self) -> None:
        """Make the entries of CELERY_BEAT_SCHEDULE, whose schedules are numbers of seconds."""
        for name, entry in self.app.conf.beat_schedule.items():
            every = schedule(entry["schedule"], nowfun=steady_now, app=self.app)
            self.add(name=name, task=entry["task"], schedule=every, last_run_at=NEVER)

    def apply_async(self, entry: ScheduleEntry, *args: Any, **options: Any) -> Any:
        """Enqueue a task, unless so many messages wait that no worker would come to it."""
        channel: Any = self.connection.default_channel  # typed without what every one can do
        waiting = channel.queue_declare(self.app.conf.task_default_queue).message_count
        if waiting >= MAX_WAITING:
            log.warning("workers_behind", waiting=waiting, task=entry.task)
            return None
        return super().apply_async(entry, *args, **options)
