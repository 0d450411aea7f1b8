"""The Celery application; its tasks are in the apps' ``tasks`` modules."""

import time
from contextlib import suppress

from celery import Celery, signals
from django.db import connection

from core.errors import DATABASE_AWAY

HEARTBEAT_S = 30
_noted_at = [-float(HEARTBEAT_S)]

app = Celery("dodonto")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def skip_celery_logging(**_: object) -> None:
    """Prevent Celery from replacing the logging, as it does while this signal has no receiver."""


@signals.heartbeat_sent.connect
def note_worker(**_: object) -> None:
    """Note in the database that a worker is at work, whether it has work or not.

    The worker's main process calls it every two seconds, and each child process begins without the
    connection.
    """
    from core.heartbeats import note_heartbeat  # noqa: PLC0415 - needs Django set up
    from core.models import Heartbeat  # noqa: PLC0415

    if time.monotonic() - _noted_at[0] < HEARTBEAT_S:
        return
    _noted_at[0] = time.monotonic()
    with suppress(*DATABASE_AWAY):  # a worker waits for the database; its silence shows
        note_heartbeat(Heartbeat.Kind.WORKER)
    connection.close()
