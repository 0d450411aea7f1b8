"""The demo's second campaign: the same terms later, open to visitors, played to its close."""

import json
import re
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from campaign.models import Terms
from campaign.queries import get_campaign, published_terms
from config.celery import app
from core import clock
from core.models import Approval
from dev.demo import bar, open_campaign, preparing
from dev.demo.job import Job, load_job
from dev.demo.open_campaign import later_terms, open_second_campaign, start_clock
from dev.demo.waiting import Workers
from entries.models import Entry
from lottery.models import Draw
from lottery.queries import latest_draw
from points.models import Payout
from tests.factories.entries import MemberFactory
from tests.portal.members import signed_in

CODE = "012025022101"
PAGE = f"/campaign/detail/{CODE}/"
OPEN_AT = datetime(2025, 2, 22, 13, tzinfo=clock.JAPAN)


def report_nothing(_text: str) -> None:
    """Print nothing."""


@pytest.fixture
def tasks_run_at_once() -> Iterator[None]:
    """Run every task where it is enqueued."""
    before = app.conf.task_always_eager
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = before


@pytest.fixture
def first(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tasks_run_at_once: None
) -> Job:
    """Return the job of the first campaign of a demo, at its close."""
    settings.DEMO_MODE = settings.ALLOW_COMMAND_APPROVAL = True
    settings.LOCAL_STATE_DIR = tmp_path
    settings.FEED_INBOX = str(tmp_path / "demo" / "inbox")
    monkeypatch.setattr(open_campaign, "MEMBERS", 40)
    setup = preparing.prepare(report_nothing)
    job = load_job(
        code=setup.campaign,
        workers=Workers(bar.WatchedElsewhere(), threading.Event(), report_nothing, limit_s=60),
        state=tmp_path,
        folder=tmp_path / "demo",
        feeds=tmp_path / "none",
        report=report_nothing,
    )
    job.advance(job.schedule.closed_at)
    return job


def test_later_terms_are_the_same_but_for_dates_and_code() -> None:
    values = json.loads(preparing.CAMPAIGN_FILE.read_text("utf-8"))

    later = later_terms(values, 73)

    changed = {name for name, value in values.items() if later[name] != value}
    dated = {name for name in values if name.endswith(("_at", "_first", "_last", "_on"))}
    assert changed == dated | {"code"}
    assert (later["code"], later["opens_at"]) == (CODE, "2025-02-21T12:00:00+09:00")


@pytest.mark.slow
@pytest.mark.django_db
def test_the_second_campaign_is_open_and_plays_to_its_close(first: Job, client: Client) -> None:
    terms = open_second_campaign(first, state=first.folder.parent)
    assert open_second_campaign(first, state=first.folder.parent) == terms
    start_clock()

    assert client.get("/").headers["Location"] == PAGE
    assert clock.now() >= OPEN_AT
    approval = Approval.objects.get(subject=CODE)
    assert approval.requested_by != approval.decided_by
    assert Entry.objects.filter(campaign=terms.campaign).count() > 1
    newcomer = signed_in(MemberFactory.create(wester_id="W-NEWCOMER"))
    assert newcomer.post(f"{PAGE}entry/").status_code == 302
    assert Entry.objects.filter(campaign=terms.campaign, wester_id="W-NEWCOMER").exists()

    shown = [play(client, key) for key in ("travel", "closed", "frozen", "drawn")]
    assert shown == ["open", "closed", "counting", "counting"]
    assert latest_draw(terms.campaign).state == Draw.State.DRAWN
    assert play(client, "result") == "results"
    assert latest_draw(terms.campaign).total_points
    assert play(client, "end") == "credited"
    assert Payout.objects.get(draw__campaign=terms.campaign).closed_at
    nights = {night for (night,) in terms.campaign.runs.values_list("night") if night}
    assert len(nights) == 67
    for one in Approval.objects.filter(state=Approval.State.APPROVED):
        assert one.requested_by_id != one.decided_by_id
    assert published_terms(get_campaign(CODE)) == Terms.objects.get(pk=terms.pk)


def play(client: Client, key: str) -> str:
    """Press a button of the bar; return the state that the campaign page shows after it."""
    response = client.post("/demo/clock/", {"to": key})
    assert response.status_code == 302, re.sub(r"\s+", " ", response.content.decode())[-600:]
    return client.get(PAGE).content.decode().split('class="badge badge-')[1].split('"')[0]
