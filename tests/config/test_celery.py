"""A worker survives a broker that rejects writes."""

from uuid import uuid4

import pytest
from celery import Celery
from redis import Redis

from config.redis import RedisServer
from tests.dev.embedded import wait_for
from tests.outside import NOBODY_LISTENS, start_python
from tests.refusing import Refuse


def rejected(server: "Redis") -> int:
    """Return how many commands a server has rejected."""
    commands = server.info("commandstats").values()
    return sum(int(command["rejected_calls"]) for command in commands)


@pytest.mark.slow
@pytest.mark.parametrize("refuse", ["read-only", "without replicas"], indirect=True)
def test_a_worker_goes_on_once_the_broker_accepts_messages_again(
    other_redis: RedisServer, refuse: Refuse
) -> None:
    queue = f"test-{uuid4().hex}"
    sender = Celery(broker=other_redis.broker_url, set_as_current=False)
    words = ["celery", "--app", "config", "worker", "--pool", "solo", "--queues", queue]
    worker = start_python("-m", *words, **{**NOBODY_LISTENS, "REDIS_URL": other_redis.url})
    try:
        with Redis.from_url(other_redis.url) as server:
            sender.send_task("unknown", queue=queue)
            wait_for(lambda: server.llen(queue) == 0)
            with refuse():
                before = rejected(server)
                wait_for(lambda: worker.poll() is not None or rejected(server) >= before + 3)

            sender.send_task("unknown", queue=queue)

            wait_for(lambda: server.llen(queue) == 0)
            assert worker.poll() is None
    finally:
        worker.kill()
        worker.communicate()
