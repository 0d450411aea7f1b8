"""Send messages to the workers. A message may be lost: what is due is in Postgres."""

from typing import Any

import structlog
from celery import Task
from kombu.exceptions import OperationalError as BrokerUnavailable
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def enqueue(task: "Task[Any, Any]", **arguments: object) -> bool:
    """Send a task to the workers; return whether the broker accepted it.

    A broker that is away, full or read-only is logged and no error: the caller has committed
    already, and beat enqueues everything that is due again.
    """
    try:
        task.delay(**arguments)
    except (BrokerUnavailable, RedisError) as failure:
        log.warning("not_enqueued", task=task.name, failure=type(failure).__name__)
        return False
    return True
