"""What is at work is noted by the database's clock, and its silence is seen."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from config import celery
from core import heartbeats, tasks
from core.heartbeats import find_silent, note_heartbeat
from core.models import Heartbeat
from tests.factories.campaign import AT
from tests.guards import refused_as, sql

pytestmark = pytest.mark.django_db
WORKER, BEAT = Heartbeat.Kind.WORKER, Heartbeat.Kind.BEAT


def seen(kind: str, *, ago: timedelta, host: str = "ops1") -> None:
    Heartbeat.objects.create(kind=kind, host=host, seen_at=Now() - ago)


@pytest.mark.parametrize(
    ("worker", "beat", "silent"),
    [
        pytest.param(timedelta(), timedelta(), [], id="both at work"),
        pytest.param(
            timedelta(minutes=2, seconds=50), timedelta(minutes=14, seconds=50), [], id="just"
        ),
        pytest.param(timedelta(minutes=3), timedelta(), [WORKER], id="no worker"),
        pytest.param(timedelta(), timedelta(minutes=15), [BEAT], id="no beat"),
        pytest.param(
            timedelta(minutes=9), timedelta(hours=9), [WORKER], id="no worker that hears beat"
        ),
        pytest.param(None, None, [WORKER], id="a new system"),
        pytest.param(timedelta(), None, [BEAT], id="beat never started"),
    ],
)
def test_silent_kinds(worker: timedelta | None, beat: timedelta | None, silent: list[str]) -> None:
    for kind, ago in ((WORKER, worker), (BEAT, beat)):
        if ago is not None:
            seen(kind, ago=ago)

    assert list(find_silent()) == silent


def test_one_worker_of_two_is_enough() -> None:
    seen(WORKER, ago=timedelta(hours=2))
    seen(WORKER, ago=timedelta(), host="ops2")
    seen(BEAT, ago=timedelta())

    assert find_silent() == {}


def test_a_note_is_repeated_on_its_row_and_old_machines_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "ops1")
    seen(WORKER, ago=timedelta(days=2))
    seen(WORKER, ago=timedelta(days=2), host="gone")
    seen(WORKER, ago=timedelta(hours=2), host="ops2")

    note_heartbeat(WORKER)
    tasks.note_beat()

    rows = Heartbeat.objects.values_list("kind", "host")
    assert set(rows) == {("worker", "ops1"), ("worker", "ops2"), ("beat", "ops1")}
    assert find_silent() == {}


def test_a_worker_notes_itself_twice_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[str] = []
    monkeypatch.setattr(heartbeats, "note_heartbeat", noted.append)
    monkeypatch.setattr(celery, "_noted_at", [0.0])
    monkeypatch.setattr("config.celery.connection.close", lambda: None)
    for second in (100.0, 102.0, 129.9, 130.0, 132.0):
        monkeypatch.setattr("time.monotonic", lambda second=second: second)
        celery.note_worker()

    assert noted == [WORKER, WORKER]


def row(**values: Any) -> Heartbeat:
    return Heartbeat.objects.create(**{"kind": "worker", "host": "ops1", "seen_at": AT} | values)


def test_heartbeat_one_per_kind_and_host() -> None:
    row()

    with refused_as("heartbeat_one_per_kind_and_host"):
        row()

    row(kind="beat")
    row(host="ops2")


def test_heartbeat_kind_known() -> None:
    with refused_as("heartbeat_kind_known"):
        row(kind="web")

    row(kind="beat")


def test_heartbeat_rows_can_be_removed() -> None:
    row()

    assert sql("DELETE FROM core_heartbeat") == 1
