"""A message that the broker refuses raises nothing, and every message is sent like that."""

import re
from typing import Any

import pytest
from celery import Celery
from redis import Redis

from config.redis import RedisServer
from core.enqueuing import enqueue
from tests.outside import NOBODY_LISTENS, ROOT
from tests.refusing import Refuse

SENDING = re.compile(r"\.(delay|apply_async|send_task)\b")


def make_task(broker_url: str, **policy: Any) -> Any:
    """Return a task of an application that knows nothing but its broker."""
    app = Celery("tests", broker=broker_url, set_as_current=False)
    app.conf.update(task_default_queue="tests", task_ignore_result=True, **policy)

    @app.task(name="tests.nothing", shared=False)
    def nothing(**_: object) -> None:
        """Do nothing."""

    return nothing


def test_enqueue_sends_a_message(other_redis: RedisServer) -> None:
    with Redis.from_url(other_redis.url) as server:
        server.delete("tests")

        assert enqueue(make_task(other_redis.broker_url), run=1) is True

        assert server.llen("tests") == 1


def test_a_broker_that_refuses_raises_nothing(
    refusing_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    assert enqueue(make_task(refusing_redis.broker_url), name="hidden") is False

    assert "not_enqueued" in caplog.text
    assert "tests.nothing" in caplog.text
    assert "hidden" not in caplog.text


def test_a_broker_that_has_begun_to_refuse_raises_nothing(
    other_redis: RedisServer, refuse: Refuse
) -> None:
    task = make_task(other_redis.broker_url)
    assert enqueue(task) is True  # from now on the queue is known, and only the message is written

    with refuse():
        assert enqueue(task) is False


def test_a_broker_that_is_away_raises_nothing() -> None:
    task = make_task(NOBODY_LISTENS["REDIS_URL"], task_publish_retry=False)

    assert enqueue(task) is False


def test_every_message_is_sent_by_enqueue() -> None:
    apps = ("core", "bookings", "campaign", "entries", "lottery", "points", "portal")
    sending = {
        str(path.relative_to(ROOT))
        for app in apps
        for path in (ROOT / app).rglob("*.py")
        if SENDING.search(path.read_text())
    }

    assert sending == {"core/enqueuing.py"}
