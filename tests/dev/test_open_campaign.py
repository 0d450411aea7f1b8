"""The demo's second campaign: another that ships, open to visitors, played to its close."""

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
from dev.demo import bar, open_campaign, preparing, shipped
from dev.demo.job import Job, load_job
from dev.demo.open_campaign import open_second_campaign, start_clock
from dev.demo.shipped import to_file
from dev.demo.waiting import Workers
from entries.models import Entry
from lottery.models import Draw
from lottery.queries import latest_draw
from points.models import Payout
from tests.factories.entries import MemberFactory
from tests.portal.members import signed_in

CODE = "june-2025"
PAGE = f"/campaign/detail/{CODE}/"
OPEN_AT = datetime(2025, 6, 3, 13, tzinfo=clock.JAPAN)


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
    # The tests' database is migrated; to migrate, the owner connects, outside this transaction.
    monkeypatch.setattr(preparing, "call_command", lambda *_, **_options: None)
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


AFTER_FIRST = datetime(2025, 2, 20, 10, tzinfo=clock.JAPAN)
AFTER_ALL = datetime(2026, 3, 25, 10, tzinfo=clock.JAPAN)


@pytest.mark.parametrize(
    ("played", "after", "code", "opens_on"),
    [
        ("012025121203", AFTER_FIRST, "june-2025", "2025-06-02"),
        ("share-2021", datetime(2022, 1, 25, tzinfo=clock.JAPAN), "012025121203", "2024-12-10"),
        ("monthly-2026-01", AFTER_ALL, "share-2021", "2026-03-26"),
    ],
)
def test_the_open_campaign_is_another_one_that_ships(
    played: str, after: datetime, code: str, opens_on: str
) -> None:
    values = shipped.next_shipped(played, after=after)

    assert values["code"] == code
    assert values["opens_at"].startswith(opens_on)
    assert datetime.fromisoformat(values["public_at"]) > after


def test_only_dates_are_moved() -> None:
    values = shipped.next_shipped("x", after=AFTER_ALL)
    original = shipped.read_shipped("share-2021")

    changed = {name for name, value in original.items() if values[name] != value}
    assert changed == {name for name in original if name.endswith(("_at", "_on", "_until"))} | {
        "bookings"
    }
    assert to_file(values).terms["travel"] == [{"first": "2026-03-26", "last": "2026-05-25"}]


@pytest.mark.slow
@pytest.mark.django_db
def test_the_second_campaign_is_open_and_plays_to_its_close(first: Job, client: Client) -> None:
    terms = open_second_campaign(first, state=first.folder.parent)
    assert open_second_campaign(first, state=first.folder.parent) == terms
    start_clock()

    front = client.get("/").content.decode()
    assert front.index(PAGE) < front.index(f"/campaign/detail/{shipped.FIRST}/")
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
    assert len(nights) == 84
    for one in Approval.objects.filter(state=Approval.State.APPROVED):
        assert one.requested_by_id != one.decided_by_id
    assert published_terms(get_campaign(CODE)) == Terms.objects.get(pk=terms.pk)


def play(client: Client, key: str) -> str:
    """Press a button of the bar; return the state that the campaign page shows after it."""
    response = client.post("/demo/clock/", {"to": key})
    assert response.status_code == 302, re.sub(r"\s+", " ", response.content.decode())[-600:]
    return client.get(PAGE).content.decode().split('class="badge badge-')[1].split('"')[0]
