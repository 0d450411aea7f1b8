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
from dev.demo import days, waiting
from dev.demo.job import Job, load_job
from dev.demo.refusals import ProcessEnded, StopRequested, WorkersStalled
from dev.demo.sampling.making import WEB_ENTRIES
from dev.demo.waiting import Workers
from tests.feedfiles import write_feed_file

CODE = "012025121203"


class Processes:
    """Processes of a demo that live, or have ended."""

    def __init__(self, *, ended: bool = False) -> None:
        self.ended = ended

    def require_all(self) -> None:
        if self.ended:
            raise ProcessEnded("The demo's worker has ended by itself.")


@pytest.fixture
def stop_requested() -> threading.Event:
    return threading.Event()


@pytest.fixture
def workers(stop_requested: threading.Event) -> Workers:
    return Workers(Processes(), stop_requested, lambda _text: None)


@pytest.fixture
def job(publish: Callable[..., Terms], settings: Settings, workers: Workers, tmp_path: Path) -> Job:
    settings.DEMO_MODE = True
    publish()
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    return load_job(
        code=CODE,
        workers=workers,
        state=tmp_path,
        folder=tmp_path / "demo",
        feeds=feeds,
        report=lambda _text: None,
    )


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.django_db
def test_deliver_due_files_brings_files_of_the_days_before_with_manifests(
    job: Job,
) -> None:
    for day in ("2024-12-10", "2024-12-11"):
        write_feed_file(job.feeds, business_date=day)
    write_feed_file(job.feeds, name="whatever.csv")

    assert days.deliver_due_files(job, until=date(2024, 12, 11)) == 2
    assert names(job.inbox) == {
        "bookings-20241210-001.csv",
        "bookings-20241210-001.csv.manifest.json",
        "whatever.csv",
        "whatever.csv.manifest.json",
    }


@pytest.mark.django_db
def test_deliver_due_files_again_brings_only_what_is_new(job: Job) -> None:
    write_feed_file(job.feeds, business_date="2024-12-10")
    days.deliver_due_files(job, until=date(2024, 12, 11))
    write_feed_file(job.feeds, business_date="2024-12-11", packed=True)

    assert days.deliver_due_files(job, until=date(2024, 12, 12)) == 1
    assert days.deliver_due_files(job, until=date(2024, 12, 12)) == 0
    assert "bookings-20241211-001.csv.gz" in names(job.inbox)


@pytest.mark.django_db
def test_deliver_due_files_brings_a_file_without_a_manifest_as_well(job: Job) -> None:
    write_feed_file(job.feeds, business_date="2024-12-10")
    (job.feeds / "bookings-20241210-001.csv.manifest.json").unlink()

    assert days.deliver_due_files(job, until=date(2024, 12, 11)) == 1


@pytest.mark.django_db
def test_group_web_entries_puts_a_press_into_the_night_after_it(job: Job) -> None:
    entries = [
        ["W1", "2024-12-10T12:00:00+09:00"],
        ["W2", "2024-12-11T01:59:59+09:00"],
        ["W3", "2024-12-11T02:00:00+09:00"],
        ["W4", "2025-01-13T23:59:59+09:00"],
    ]
    (job.feeds / WEB_ENTRIES).write_text(json.dumps(entries))

    found = {
        night: [entry.wester_id for entry in some]
        for night, some in days.group_web_entries(job).items()
    }

    assert found == {
        date(2024, 12, 11): ["W1", "W2"],
        date(2024, 12, 12): ["W3"],
        date(2025, 1, 14): ["W4"],
    }


@pytest.mark.django_db
def test_group_web_entries_finds_nobody_where_the_feeds_came_from_elsewhere(job: Job) -> None:
    assert days.group_web_entries(job) == {}


@pytest.mark.django_db
def test_advance_never_turns_the_clock_back(job: Job) -> None:
    late, early = (datetime(2024, 12, day, tzinfo=JAPAN) for day in (20, 12))

    clock.move_demo_clock(to=early, runs=False)
    job.advance(late)
    job.advance(early)

    assert clock.now() == late


def test_wait_for_enqueues_until_it_is_done(workers: Workers) -> None:
    enqueued: list[str] = []

    workers.wait_for(lambda: bool(enqueued), enqueue=lambda: enqueued.append("once"), what="it")

    assert enqueued == ["once"]


def test_wait_for_enqueues_again_where_a_message_was_lost(
    monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    monkeypatch.setattr(waiting, "ENQUEUE_AGAIN_S", 0)
    enqueued: list[str] = []

    workers.wait_for(lambda: len(enqueued) > 2, enqueue=lambda: enqueued.append("once"), what="it")

    assert len(enqueued) == 3


def test_wait_for_enqueues_nothing_where_it_is_done(workers: Workers) -> None:
    workers.wait_for(lambda: True, enqueue=lambda: pytest.fail("enqueued"), what="it")


def test_wait_for_refuses_workers_that_stall(workers: Workers) -> None:
    workers.limit_s = 0

    with pytest.raises(WorkersStalled, match="do not finish the totals; their log says why"):
        workers.wait_for(lambda: False, enqueue=lambda: None, what="the totals")


def test_wait_for_ends_at_a_signal(workers: Workers, stop_requested: threading.Event) -> None:
    with pytest.raises(StopRequested, match="goes on from here"):
        workers.wait_for(lambda: False, enqueue=stop_requested.set, what="it")


def test_wait_for_ends_where_a_worker_has(stop_requested: threading.Event) -> None:
    with pytest.raises(ProcessEnded):
        Workers(Processes(ended=True), stop_requested, pytest.fail).wait_for(
            lambda: False, enqueue=lambda: None, what="it"
        )


def test_wait_for_reports_that_it_still_waits(
    monkeypatch: pytest.MonkeyPatch, stop_requested: threading.Event
) -> None:
    monkeypatch.setattr(waiting, "REPORT_S", 0)
    reported: list[str] = []

    Workers(Processes(), stop_requested, reported.append).wait_for(
        lambda: len(reported) > 1, enqueue=lambda: None, what="the feed files"
    )

    assert reported[0] == "  ... the feed files: 0 s so far"
