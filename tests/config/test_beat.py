"""Beat uses a monotonic clock, stores nothing and does not fill the broker."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from celery.beat import Service
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.contrib.sessions.models import Session
from redis import Redis

from config import beat
from config.celery import app
from tests.dev.embedded import wait_for

EVERY_MINUTE = ("start_due_runs", "start_due_work", "watch_inbox")
TEN_MINUTES = timedelta(minutes=10)
STEP_S = 0.001  # a tick that has nothing to wait for takes some time too


class Clocks:
    """A machine's monotonic clock, and its clock that can be set."""

    def __init__(self) -> None:
        self.passed_s = 0.0
        self.set_by = timedelta()

    def steady_now(self) -> datetime:
        return beat.EPOCH + timedelta(days=3, seconds=self.passed_s)

    def wall_now(self) -> datetime:
        return datetime(2024, 12, 28, tzinfo=UTC) + timedelta(seconds=self.passed_s) + self.set_by


class Beat:
    """A beat that ticks without waiting."""

    def __init__(self, clocks: Clocks, folder: Path) -> None:
        self.clocks = clocks
        service = Service(
            app,
            scheduler_cls=app.conf.beat_scheduler,
            schedule_filename=str(folder / "schedule"),
        )
        self.scheduler = service.get_scheduler()

    def tick_for(self, seconds: float) -> None:
        end_s = self.clocks.passed_s + seconds
        while self.clocks.passed_s < end_s:
            wait_s = max(self.scheduler.tick() or 0, STEP_S)
            self.clocks.passed_s = min(self.clocks.passed_s + wait_s, end_s)

    def note_what_is_sent(self) -> list[tuple[str, int]]:
        """Record names and seconds in the returned list instead of sending messages."""
        sent: list[tuple[str, int]] = []

        def note(entry: Any, producer: object = None) -> None:
            sent.append((entry.name, round(self.clocks.passed_s)))

        self.scheduler.apply_entry = note  # type: ignore[method-assign]
        return sent


class Waiting(NamedTuple):
    """The messages in a queue."""

    server: Redis
    queue: str

    def headers(self) -> list[dict[str, Any]]:
        return [json.loads(text)["headers"] for text in self.server.lrange(self.queue, 0, -1)]


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    clocks = Clocks()
    monkeypatch.setattr(beat, "steady_now", clocks.steady_now)
    monkeypatch.setattr(app, "now", clocks.wall_now)
    return clocks


@pytest.fixture
def start(clocks: Clocks, tmp_path: Path) -> Iterator[Callable[[], Beat]]:
    """Start beats of one machine one after another, with the same files."""
    started: list[Beat] = []

    def start_one() -> Beat:
        started.append(Beat(clocks, tmp_path))
        return started[-1]

    yield start_one
    for one in started:
        one.scheduler.close()


@pytest.fixture
def waiting(queue: str) -> Iterator[Waiting]:
    """Return the messages of a queue without workers."""
    with Redis.from_url(settings.REDIS_URL) as server:
        yield Waiting(server, queue)
        server.delete(queue)


def test_every_task_is_enqueued_at_start_and_at_its_interval(start: Callable[[], Beat]) -> None:
    one = start()
    sent = one.note_what_is_sent()

    one.tick_for(3_601)

    for name in EVERY_MINUTE:
        assert [at for sent_name, at in sent if sent_name == name] == list(range(0, 3_601, 60))
    assert [at for name, at in sent if name == "store_forecasts"] == list(range(0, 3_601, 300))
    assert [at for name, at in sent if name == "clear_sessions"] == [0, 3_600]


@pytest.mark.parametrize("set_by", [-TEN_MINUTES, TEN_MINUTES], ids=["back", "forward"])
def test_setting_the_clock_neither_stops_nor_hurries_beat(
    start: Callable[[], Beat], clocks: Clocks, set_by: timedelta
) -> None:
    one = start()
    sent = one.note_what_is_sent()

    one.tick_for(150)
    clocks.set_by = set_by
    one.tick_for(151)

    assert [at for name, at in sent if name == "start_due_work"] == [0, 60, 120, 180, 240, 300]


def test_a_beat_started_after_the_clock_was_set_back_enqueues_at_once(
    start: Callable[[], Beat], clocks: Clocks, tmp_path: Path
) -> None:
    first = start()
    first.note_what_is_sent()
    first.tick_for(150)
    first.scheduler.close()
    clocks.set_by = -TEN_MINUTES

    second = start()
    sent = second.note_what_is_sent()
    second.tick_for(1)

    assert {name for name, _at in sent} == set(settings.CELERY_BEAT_SCHEDULE)
    assert list(tmp_path.iterdir()) == []


def test_no_message_expires(start: Callable[[], Beat], waiting: Waiting) -> None:
    start().tick_for(1)

    assert {one["task"] for one in waiting.headers()} == {
        entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }
    assert {(one["expires"], one["eta"]) for one in waiting.headers()} == {(None, None)}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("queue")
def test_a_worker_runs_messages_of_a_beat_whose_clock_is_behind(
    clocks: Clocks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Session.objects.create(session_key="expired", expire_date=datetime(2024, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(app, "now", lambda: datetime.now(UTC) - TEN_MINUTES)
    Beat(clocks, tmp_path).tick_for(1)
    monkeypatch.undo()

    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="warning"):
        wait_for(lambda: not Session.objects.exists())


def test_beat_enqueues_no_more_than_the_limit(
    start: Callable[[], Beat], waiting: Waiting, caplog: pytest.LogCaptureFixture
) -> None:
    one = start()

    one.tick_for(60 * 60)

    assert len(waiting.headers()) == beat.MAX_WAITING
    assert "workers_behind" in caplog.text

    waiting.server.delete(waiting.queue)  # a worker has come
    one.tick_for(61)
    assert {one["task"] for one in waiting.headers()} >= {
        settings.CELERY_BEAT_SCHEDULE[name]["task"] for name in EVERY_MINUTE
    }


def test_steady_now_follows_the_monotonic_clock() -> None:
    first = beat.steady_now()

    assert beat.NEVER < first <= beat.steady_now()
    assert first.year < 2000
