"""The tasks: beat sends messages, workers compute, and nothing depends on any one message."""

import time
from datetime import date, datetime
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.utils.module_loading import import_string

from campaign import aggregation, tasks
from campaign.models import AggregationRun, Campaign
from config.celery import app
from config.env import MovedClock
from core.errors import DATABASE_AWAY
from tests.campaign.changes import add_booking
from tests.campaign.runs import begin, totals
from tests.factories.bookings import JAPAN
from tests.factories.campaign import CampaignFactory

PATIENCE_S = 60
NIGHT = date(2024, 12, 28)


@pytest.fixture
def campaign(db: None) -> Campaign:
    return CampaignFactory.create(published=True)


@pytest.fixture
def _at_night(settings: Any) -> None:
    settings.CAMPAIGN_NOW = MovedClock(datetime(2024, 12, 28, 3, tzinfo=JAPAN), runs=False)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the runs to which workers were called, in order."""
    runs: list[int] = []
    monkeypatch.setattr(tasks.compute_shards, "delay", lambda *, run: runs.append(run))
    return runs


def test_beat_starts_a_task_every_minute_that_is_there() -> None:
    bell: dict[str, Any] = project_settings.CELERY_BEAT_SCHEDULE["start_due_runs"]

    assert import_string(bell["task"]) is tasks.start_due_runs
    assert bell["schedule"] == 60
    assert {"campaign.tasks.start_due_runs", "campaign.tasks.compute_shards"} <= set(app.tasks)


@pytest.mark.usefixtures("_at_night")
def test_start_due_runs_sends_two_messages_for_each_unfinished_run(
    campaign: Campaign, called: list[int]
) -> None:
    tasks.start_due_runs()
    started = campaign.runs.get()
    assert (started.night, called) == (NIGHT, [started.pk, started.pk])

    tasks.start_due_runs()  # the messages were lost
    assert called == [started.pk] * 4
    tasks.compute_shards(run=started.pk)
    tasks.start_due_runs()
    assert called == [started.pk] * 4


def test_a_doubled_message_finds_nothing_left(campaign: Campaign) -> None:
    started = begin(campaign)

    assert tasks.compute_shards(run=started.pk, a_word_of_a_later_release=1) == 2
    assert tasks.compute_shards(run=started.pk) == 0
    assert tasks.compute_shards(run=started.pk + 1) == 0


def test_a_worker_killed_before_it_closed_the_run_is_made_good(campaign: Campaign) -> None:
    started = begin(campaign)
    aggregation.compute_shards(started)

    assert tasks.compute_shards(run=started.pk) == 0

    assert not AggregationRun.objects.filter(finished_at__isnull=True).exists()


@pytest.mark.parametrize("task", [tasks.start_due_runs, tasks.compute_shards])
def test_tasks_retry_when_the_database_is_away(task: Any) -> None:
    assert task.autoretry_for == DATABASE_AWAY
    assert task.acks_late
    assert task.reject_on_worker_lost


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_at_night", "worker")
def test_a_worker_computes_a_night_from_the_message_to_the_totals() -> None:
    campaign = CampaignFactory.create(published=True)
    add_booking(wester_id="W1", amount_yen=20_001)

    tasks.start_due_runs.delay()
    tasks.start_due_runs.delay()

    assert wait_until_finished(campaign).night == NIGHT
    assert totals(campaign) == {"W1": (20_001, 1, 0)}


def wait_until_finished(campaign: Campaign) -> AggregationRun:
    """Return the campaign's one run once it is finished."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if finished := campaign.runs.filter(finished_at__isnull=False).first():
            return finished
        time.sleep(0.05)
    raise AssertionError("no run was finished")
