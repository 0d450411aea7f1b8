"""Every task uses the database's time, never its machine's clock."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import Settings

from config.celery import app
from core import clock
from tests.campaign.runs import begin
from tests.factories.campaign import CampaignFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TASKS: dict[str, dict[str, Any]] = {
    "campaign.tasks.start_due_runs": {},
    "campaign.tasks.compute_shards": {"run": 1},
    "campaign.tasks.store_reason_counts": {},
    "core.tasks.note_beat": {},
    "core.tasks.seal_audit": {},
    "entries.tasks.clear_sessions": {},
    "entries.tasks.load_arrived": {"path": "nowhere"},
    "entries.tasks.watch_inbox": {},
    "lottery.tasks.store_forecasts": {},
    "points.tasks.expire_credits": {},
    "points.tasks.pay_parts": {"payout_id": 1},
    "points.tasks.purge_campaign": {"purge_id": 1},
    "points.tasks.start_due_work": {},
}


app.loader.import_default_modules()


class BrokenClock:
    """A machine's clock that must not be read."""

    @staticmethod
    def now() -> None:
        raise AssertionError("the machine's clock was asked")


@pytest.fixture(autouse=True)
def _machine_s_clock_is_broken(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.CAMPAIGN_NOW, settings.DEMO_MODE, settings.FEED_INBOX = None, False, "."
    monkeypatch.setattr(clock, "timezone", BrokenClock)


def test_every_task_is_tried_here() -> None:
    ours = {name for name in app.tasks if not name.startswith(("celery.", "tests."))}

    assert set(TASKS) == ours
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= ours


@pytest.mark.parametrize("name", TASKS)
def test_a_task_does_not_read_the_machine_s_clock(name: str) -> None:
    app.tasks[name].apply(kwargs=TASKS[name], throw=True)


def test_a_run_ends_by_the_database_s_time() -> None:
    run = begin(CampaignFactory.create(published=True))

    app.tasks["campaign.tasks.compute_shards"].apply(kwargs={"run": run.pk}, throw=True)

    run.refresh_from_db()
    assert run.finished_at is not None
    assert abs(run.finished_at - clock.database_now()) < HOUR


def test_sessions_are_deleted_by_the_database_s_time(monkeypatch: pytest.MonkeyPatch) -> None:
    Session.objects.create(session_key="living", expire_date=Now() + HOUR)
    Session.objects.create(session_key="expired", expire_date=Now() - timedelta(seconds=1))
    ahead = timezone.now() + 2 * HOUR
    monkeypatch.setattr(timezone, "now", lambda: ahead)

    app.tasks["entries.tasks.clear_sessions"].apply(throw=True)

    assert Session.objects.get().session_key == "living"
