"""Beat enqueues what is due, workers do it, and nothing depends on any one message."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError as BrokerUnavailable
from pytest_django import Settings

from config.celery import app
from config.env import MovedClock
from core import clock
from core.errors import DATABASE_AWAY
from points import payout, preparing, queries, tasks
from points.models import Payout
from points.queries import STALLED_AFTER
from tests.factories.lottery import person
from tests.points.steps import CREDIT_AT, approve, confirmed, paid, pay, prepared, transfers

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
PATIENCE_S = 30


def at(settings: Settings, instant: Any) -> None:
    settings.CAMPAIGN_NOW = MovedClock(instant, runs=False)


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the payouts that messages were sent for, in order; -1 is the expiry."""
    payouts: list[int] = []
    monkeypatch.setattr(tasks.pay_parts, "delay", lambda *, payout_id: payouts.append(payout_id))
    monkeypatch.setattr(tasks.expire_credits, "delay", lambda: payouts.append(-1))
    return payouts


def test_beat_enqueues_every_minute_a_task_that_exists() -> None:
    schedule: dict[str, Any] = project_settings.CELERY_BEAT_SCHEDULE["start_due_work"]

    assert import_string(schedule["task"]) is tasks.start_due_work
    assert schedule["schedule"] == 60
    names = {f"points.tasks.{name}" for name in ("start_due_work", "pay_parts", "expire_credits")}
    assert names <= set(app.tasks)


def test_a_payout_is_enqueued_from_the_crediting_instant(
    settings: Settings, enqueued: list[int]
) -> None:
    ready = prepared()
    at(settings, CREDIT_AT - SECOND)
    tasks.start_due_work()
    assert enqueued == []

    at(settings, CREDIT_AT)
    tasks.start_due_work()
    assert enqueued == [ready.pk, ready.pk]

    tasks.start_due_work()  # the messages were lost
    assert enqueued == [ready.pk] * 4
    assert tasks.pay_parts(payout_id=ready.pk, a_word_of_a_later_release=1) == 1
    tasks.start_due_work()
    assert enqueued == [ready.pk] * 4


def test_work_is_due_by_the_database_s_time(
    settings: Settings, enqueued: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = prepared()
    settings.CAMPAIGN_NOW = None
    monkeypatch.setattr(timezone, "now", lambda: CREDIT_AT - SECOND)

    tasks.start_due_work()

    assert enqueued[:2] == [ready.pk, ready.pk]


def test_a_doubled_message_finds_nothing_left(settings: Settings) -> None:
    at(settings, CREDIT_AT)
    ready = prepared()

    assert tasks.pay_parts(payout_id=ready.pk) == 1
    before = transfers()
    assert tasks.pay_parts(payout_id=ready.pk) == 0
    assert tasks.pay_parts(payout_id=ready.pk + 1) == 0
    assert transfers() == before


def test_a_worker_killed_before_it_ended_the_payout_is_made_good(settings: Settings) -> None:
    at(settings, CREDIT_AT)
    ready = prepared()
    while payout.pay_next_part(ready, at=CREDIT_AT):
        pass

    assert tasks.pay_parts(payout_id=ready.pk) == 0
    assert Payout.objects.get().ended_at == CREDIT_AT


def test_nothing_is_enqueued_that_is_not_approved(settings: Settings, enqueued: list[int]) -> None:
    draw = confirmed()
    at(settings, CREDIT_AT)
    tasks.start_due_work()

    assert enqueued == []
    assert queries.list_warnings(now=clock.now()) == [
        f"{draw.campaign.code}: the payout is due and not approved."
    ]


def test_staff_are_warned_also_where_the_broker_refuses_every_message(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ready = prepared()
    at(settings, CREDIT_AT + STALLED_AFTER)
    monkeypatch.setattr(tasks.pay_parts, "delay", refuse)

    tasks.start_due_work()

    assert f"{ready.draw.campaign.code}: the payout has stalled." in caplog.text
    assert "not_enqueued" in caplog.text


def refuse(**_: object) -> None:
    raise BrokerUnavailable("command not allowed when used memory > 'maxmemory'")


def test_a_payout_without_progress_has_stalled() -> None:
    ready = prepared()
    code = ready.draw.campaign.code
    stalled = [f"{code}: the payout has stalled."]

    assert queries.list_warnings(now=CREDIT_AT - SECOND) == []
    assert queries.list_warnings(now=CREDIT_AT + STALLED_AFTER - SECOND) == []
    assert queries.list_warnings(now=CREDIT_AT + STALLED_AFTER) == stalled
    payout.pay_next_part(ready, at=CREDIT_AT + STALLED_AFTER)
    assert queries.list_warnings(now=CREDIT_AT + STALLED_AFTER) == []
    assert queries.list_warnings(now=CREDIT_AT + 2 * STALLED_AFTER) == stalled
    pay(ready, at=CREDIT_AT + 2 * STALLED_AFTER)
    assert queries.list_warnings(now=CREDIT_AT + 9 * STALLED_AFTER) == []


def test_a_payout_that_was_approved_late_has_stalled_only_when_it_could_have_gone_on() -> None:
    late = CREDIT_AT + timedelta(days=1)
    draw = confirmed()
    approval = preparing.request_payout(campaign=draw.campaign, actor=person("ops"), at=late)
    approve(approval, late)

    assert queries.list_warnings(now=late + STALLED_AFTER - SECOND) == []
    assert queries.list_warnings(now=late + STALLED_AFTER) == [
        f"{draw.campaign.code}: the payout has stalled."
    ]


def test_credits_expire_by_a_task(settings: Settings, enqueued: list[int]) -> None:
    paid()
    at(settings, CREDIT_AT.replace(year=2026, month=4, day=1, hour=0) - SECOND)
    tasks.start_due_work()
    assert enqueued == []

    at(settings, CREDIT_AT.replace(year=2026, month=4, day=1, hour=0))
    tasks.start_due_work()
    assert enqueued == [-1]
    assert tasks.expire_credits() == 3
    tasks.start_due_work()
    assert enqueued == [-1]


@pytest.mark.parametrize("task", [tasks.start_due_work, tasks.pay_parts, tasks.expire_credits])
def test_tasks_try_again_when_the_database_is_away(task: Any) -> None:
    assert task.autoretry_for == DATABASE_AWAY
    assert task.acks_late
    assert task.reject_on_worker_lost


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("worker")
def test_a_worker_pays_from_the_message_to_the_end(settings: Settings) -> None:
    at(settings, CREDIT_AT)
    ready = prepared()

    tasks.start_due_work.delay()
    tasks.start_due_work.delay()

    wait_until_ended(ready)
    assert queries.count_awards(ready.draw)["credited_points"] == 37_340


def wait_until_ended(ready: Payout) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if Payout.objects.filter(pk=ready.pk, ended_at__isnull=False).exists():
            return
        time.sleep(0.05)
    raise AssertionError("the payout did not end")
