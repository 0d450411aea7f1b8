"""A worker survives a broker that rejects writes, and what anybody may write to it."""

import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from celery import Celery
from django.conf import settings
from django.core.cache import cache
from kombu import Connection
from pytest_django import Settings
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError

from campaign.tasks import compute_shards
from config import health, new_secrets
from config.celery import app
from config.redis import RedisServer, parse_redis
from tests.dev.embedded import wait_for
from tests.outside import NOBODY_LISTENS, start_python
from tests.planting import Touch
from tests.refusing import Refuse

PICKLES = [
    ("application/x-python-serialize", "binary"),
    ("pickle", "binary"),
    ("application/json", "binary"),
    ("application/json", "utf-8"),
]


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


@pytest.mark.usefixtures("worker")
def test_planted_pickle_of_a_message_is_never_loaded(queue: str, tmp_path: Path) -> None:
    marker = tmp_path / "it ran"
    planted = pickle.dumps(((), {"run": Touch(marker)}, {}))
    pickle.loads(planted)
    assert marker.exists()
    marker.unlink()

    with app.connection() as connection, Redis.from_url(settings.REDIS_URL) as server:
        for content_type, encoding in PICKLES:
            connection.Producer().publish(
                planted,
                routing_key=queue,
                content_type=content_type,
                content_encoding=encoding,
                headers={"id": uuid4().hex, "task": "campaign.tasks.compute_shards"},
            )
        compute_shards.delay(run=0)  # of no run: the worker still works
        wait_for(lambda: server.llen(queue) == 0)

    assert not marker.exists()


def test_only_json_is_accepted_and_nobody_commands_the_workers() -> None:
    assert app.conf.accept_content == app.conf.result_accept_content == ["json"]
    assert app.conf.task_serializer == app.conf.result_serializer == "json"
    assert app.conf.worker_enable_remote_control is False


@pytest.fixture
def guarded(other_redis: RedisServer, tmp_path: Path) -> Iterator[str]:
    """Give a Redis the users of a new host; return the address of the program's user."""
    new_secrets.main([str(tmp_path)])
    password = (tmp_path / "redis_url").read_text().split(":")[2].split("@")[0]
    users = [line.split() for line in (tmp_path / "redis_users").read_text().splitlines()]
    with Redis.from_url(other_redis.url) as server:
        for _, name, *rules in users:
            if name != "default":  # which the tests' own connections are
                server.execute_command("ACL", "SETUSER", name, "reset", *rules)
        yield other_redis.url.replace("unix://", f"unix://dodonto:{password}@")
        server.execute_command("ACL", "DELUSER", "dodonto", "health")


def test_user_of_redis_may_do_what_the_program_does(guarded: str, settings: Settings) -> None:
    settings.REDIS_URL = guarded
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": guarded}}

    assert health.broker_accepts_writes()
    cache.set("counted", 1, 60)
    assert (cache.incr("counted"), cache.get("counted")) == (2, 2)
    cache.delete("counted")
    with Connection(parse_redis(guarded).broker_url) as connection:
        messages = connection.SimpleQueue("guarded")
        messages.put({"a": 1})
        assert messages.qsize() == 1
        messages.get(timeout=10).ack()
        messages.close()


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["FLUSHALL"], id="forget everything"),
        pytest.param(["CONFIG", "SET", "dir", "/"], id="write files elsewhere"),
        pytest.param(["KEYS", "*"], id="look around"),
        pytest.param(["REPLICAOF", "127.0.0.1", "1"], id="copy another server"),
        pytest.param(["MODULE", "LIST"], id="use programs"),
        pytest.param(["ACL", "SETUSER", "x", "on"], id="add a user"),
        pytest.param(["SHUTDOWN"], id="end the server"),
        pytest.param(["CLIENT", "KILL", "TYPE", "normal"], id="end connections"),
    ],
)
def test_user_of_redis_may_not(words: list[str], guarded: str) -> None:
    with Redis.from_url(guarded) as server, pytest.raises(NoPermissionError):
        server.execute_command(*words)


def test_redis_without_the_password_is_closed(guarded: str) -> None:
    with (
        Redis.from_url(guarded.replace("dodonto:", "dodonto:x")) as server,
        pytest.raises(AuthenticationError),
    ):
        server.ping()
    with Redis.from_url(re.sub("//.*@", "//health:nobody@", guarded)) as server:
        assert server.set("healthy", "1", ex=5)
        for use in (lambda: server.get("healthy"), lambda: server.set("cache:x", "1")):
            with pytest.raises(NoPermissionError):
                use()


@pytest.mark.slow
def test_beat_runs_with_nothing_but_redis(guarded: str, tmp_path: Path) -> None:
    given = {"PRODUCTION": "1", "SERVICE": "beat", "REDIS_URL": guarded}
    beat = start_python(
        *("-m", "celery", "--app", "config", "beat"),
        **given,
        DJANGO_SETTINGS_MODULE="config.settings",
        LOCAL_STATE_DIR=str(tmp_path / "nothing"),
    )
    try:
        with Redis.from_url(guarded) as server:
            wait_for(lambda: beat.poll() is not None or server.llen("celery") > 0)
            assert beat.poll() is None, beat.communicate()[1]
            server.delete("celery")
    finally:
        beat.kill()
        beat.communicate()
    assert not (tmp_path / "nothing").exists()
