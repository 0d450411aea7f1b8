"""The demo's nights: what is delivered when, who presses when, and workers that are waited for."""

import json
import threading
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from campaign.models import Terms
from core import clock
from core.clock import JAPAN
from dev.demo import crew as crew_module
from dev.demo import days
from dev.demo.crew import Crew
from dev.demo.job import Job, take_on
from dev.demo.refusals import AskedToEnd, PartEnded, WorkersStalled
from dev.demo.sampling.making import WEB_ENTRIES
from tests.feedfiles import write_feed_file

CODE = "012025121203"


class Parts:
    """Parts of a demo that live, or have ended."""

    def __init__(self, *, ended: bool = False) -> None:
        self.ended = ended

    def require_all(self) -> None:
        if self.ended:
            raise PartEnded("The demo's worker has ended by itself.")


@pytest.fixture
def asked() -> threading.Event:
    return threading.Event()


@pytest.fixture
def crew(asked: threading.Event) -> Crew:
    return Crew(Parts(), asked, lambda _text: None)


@pytest.fixture
def job(publish: Callable[..., Terms], settings: Settings, crew: Crew, tmp_path: Path) -> Job:
    settings.DEMO_MODE = True
    publish()
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    return take_on(
        code=CODE, crew=crew, feeds=feeds, place=tmp_path / "demo", say=lambda _text: None
    )


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.django_db
def test_deliver_brings_the_files_of_the_days_before_and_their_manifests(job: Job) -> None:
    for day in ("2024-12-10", "2024-12-11"):
        write_feed_file(job.feeds, business_date=day)
    write_feed_file(job.feeds, name="whatever.csv")

    assert days.deliver(job, until=date(2024, 12, 11)) == 2
    assert names(job.inbox) == {
        "bookings-20241210-001.csv",
        "bookings-20241210-001.csv.manifest.json",
        "whatever.csv",
        "whatever.csv.manifest.json",
    }


@pytest.mark.django_db
def test_deliver_again_brings_what_is_new_alone(job: Job) -> None:
    write_feed_file(job.feeds, business_date="2024-12-10")
    days.deliver(job, until=date(2024, 12, 11))
    write_feed_file(job.feeds, business_date="2024-12-11", packed=True)

    assert days.deliver(job, until=date(2024, 12, 12)) == 1
    assert days.deliver(job, until=date(2024, 12, 12)) == 0
    assert "bookings-20241211-001.csv.gz" in names(job.inbox)


@pytest.mark.django_db
def test_deliver_brings_a_file_without_a_manifest_as_well(job: Job) -> None:
    write_feed_file(job.feeds, business_date="2024-12-10")
    (job.feeds / "bookings-20241210-001.csv.manifest.json").unlink()

    assert days.deliver(job, until=date(2024, 12, 11)) == 1


@pytest.mark.django_db
def test_group_presses_puts_a_press_into_the_night_after_it(job: Job) -> None:
    presses = [
        ["W1", "2024-12-10T12:00:00+09:00"],
        ["W2", "2024-12-11T01:59:59+09:00"],
        ["W3", "2024-12-11T02:00:00+09:00"],
        ["W4", "2025-01-13T23:59:59+09:00"],
    ]
    (job.feeds / WEB_ENTRIES).write_text(json.dumps(presses))

    found = {
        night: [press.wester_id for press in some]
        for night, some in days.group_presses(job).items()
    }

    assert found == {
        date(2024, 12, 11): ["W1", "W2"],
        date(2024, 12, 12): ["W3"],
        date(2025, 1, 14): ["W4"],
    }


@pytest.mark.django_db
def test_group_presses_finds_nobody_where_the_feeds_came_from_elsewhere(job: Job) -> None:
    assert days.group_presses(job) == {}


@pytest.mark.django_db
def test_advance_never_turns_the_clock_back(job: Job) -> None:
    late, early = (datetime(2024, 12, day, tzinfo=JAPAN) for day in (20, 12))

    clock.move_demo_clock(to=early, runs=False)
    job.advance(late)
    job.advance(early)

    assert clock.now() == late


def test_wait_for_rings_until_it_is_done(crew: Crew) -> None:
    rung: list[str] = []

    crew.wait_for(lambda: bool(rung), ring=lambda: rung.append("ding"), what="it")

    assert rung == ["ding"]


def test_wait_for_rings_again_where_a_bell_was_lost(
    monkeypatch: pytest.MonkeyPatch, crew: Crew
) -> None:
    monkeypatch.setattr(crew_module, "RING_S", 0)
    rung: list[str] = []

    crew.wait_for(lambda: len(rung) > 2, ring=lambda: rung.append("ding"), what="it")

    assert len(rung) == 3


def test_wait_for_does_not_ring_where_nothing_is_left(crew: Crew) -> None:
    crew.wait_for(lambda: True, ring=lambda: pytest.fail("rung"), what="it")


def test_wait_for_says_that_the_workers_stall(monkeypatch: pytest.MonkeyPatch, crew: Crew) -> None:
    monkeypatch.setattr(crew_module, "PATIENCE_S", 0)

    with pytest.raises(WorkersStalled, match="do not finish the totals; their log says why"):
        crew.wait_for(lambda: False, ring=lambda: None, what="the totals")


def test_wait_for_ends_where_somebody_asks(crew: Crew, asked: threading.Event) -> None:
    with pytest.raises(AskedToEnd, match="goes on from here"):
        crew.wait_for(lambda: False, ring=asked.set, what="it")


def test_wait_for_ends_where_a_worker_has(asked: threading.Event) -> None:
    with pytest.raises(PartEnded):
        Crew(Parts(ended=True), asked, pytest.fail).wait_for(
            lambda: False, ring=lambda: None, what="it"
        )


def test_wait_for_tells_that_it_still_waits(
    monkeypatch: pytest.MonkeyPatch, asked: threading.Event
) -> None:
    monkeypatch.setattr(crew_module, "TELL_S", 0)
    told: list[str] = []

    Crew(Parts(), asked, told.append).wait_for(
        lambda: len(told) > 1, ring=lambda: None, what="the feed files"
    )

    assert told[0] == "  ... the feed files: 0 s so far"
