"""Night after night: files are delivered and loaded, members enter, totals are computed."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from bookings.delivery import find_feed_files
from bookings.inbox import find_arrivals
from bookings.models import FeedFile
from campaign.models import AggregationRun
from campaign.reports import summarize
from campaign.tasks import start_due_runs, store_reason_counts
from core import clock
from core.atomic_files import draft_name
from core.enqueuing import enqueue
from dev.demo.job import Job
from dev.demo.sampling.making import WEB_ENTRIES
from dev.demo.schedule import LOADED_AT, TOTALLED_AT, at
from entries.entering import enter_campaign
from entries.models import Entry
from entries.tasks import watch_inbox
from lottery.tasks import store_forecasts

BUSINESS_DATE = re.compile(r"-(\d{8})-\d{3}\.csv(?:\.gz)?$")
REPORT_EVERY_NIGHTS = 7


class WebEntry(NamedTuple):
    """An entry by the button on the page."""

    entered_at: datetime
    wester_id: str


def play_nights(job: Job, *, until: datetime) -> None:
    """Play every night up to an instant: the entries of its day, its feed files, its totals."""
    nights = list(nights_to_play(job, until=until))
    web_entries = group_web_entries(job)
    for number, night in enumerate(nights):
        job.advance(at(night, LOADED_AT))
        for entry in web_entries.get(night, ()):
            enter_campaign(period=job.terms, wester_id=entry.wester_id, entered_at=entry.entered_at)
        load_due_files(job, until=night)
        job.advance(at(night, TOTALLED_AT))
        compute_totals(job, night)
        enqueue(store_forecasts)
        enqueue(store_reason_counts)
        if number % REPORT_EVERY_NIGHTS == 0 or night == nights[-1]:
            report_night(job, night)


def nights_to_play(job: Job, *, until: datetime) -> Iterator[date]:
    """Yield the nights that have no totals yet; totals end with the crediting.

    Where the clock passed a night without totals, that of a later night has made up for it.
    """
    done = set(job.campaign.runs.filter(finished_at__isnull=False).values_list("night", flat=True))
    for night in job.schedule.nights(until=min(until, job.schedule.credited_at)):
        if night not in done and clock.now() < at(night + timedelta(days=1), TOTALLED_AT):
            yield night


def group_web_entries(job: Job) -> dict[date, list[WebEntry]]:
    """Return the entries on the page by the night after; none where FEEDS names the feeds."""
    file = job.feeds / WEB_ENTRIES
    entries = json.loads(file.read_text("utf-8")) if file.exists() else []
    nights = list(job.schedule.nights(until=job.schedule.frozen_at))
    dated = sorted(WebEntry(datetime.fromisoformat(when), who) for who, when in entries)

    def night_after(entry: WebEntry) -> date:
        return next(night for night in nights if entry.entered_at < at(night, LOADED_AT))

    return {night: list(some) for night, some in groupby(dated, key=night_after)}


def load_due_files(job: Job, *, until: date) -> None:
    """Deliver the files of the days before, and wait until the workers have loaded them."""
    if not deliver_due_files(job, until=until):
        return
    job.workers.wait_for(
        lambda: not any(find_arrivals(job.inbox)),
        enqueue=partial(enqueue, watch_inbox),
        what="the feed files",
    )


def deliver_due_files(job: Job, *, until: date) -> int:
    """Put the files of business dates before a day into the inbox; return how many are new.

    As copies, for links are not followed there; the manifest first, since a file without one waits.
    """
    job.inbox.mkdir(parents=True, exist_ok=True)
    delivered = 0
    for file in due_files(job.feeds, until=until):
        for source in (manifest_of(file), file):
            target = job.inbox / source.name
            if source.exists() and not target.exists():
                draft = job.inbox / draft_name(source.name)
                shutil.copyfile(source, draft)
                draft.replace(target)
                delivered += source == file
    return delivered


def due_files(folder: Path, *, until: date) -> Iterator[Path]:
    """Yield the files of business dates before a day, and those whose name has no date."""
    for file in find_feed_files([folder]) if folder.is_dir() else ():
        named = BUSINESS_DATE.search(file.name)
        if named is None or named[1] < f"{until:%Y%m%d}":
            yield file


def manifest_of(file: Path) -> Path:
    """Return the path of a file's manifest."""
    return file.with_name(f"{file.name}.manifest.json")


def compute_totals(job: Job, night: date) -> None:
    """Wait until the workers have computed the totals of a night."""
    finished = AggregationRun.objects.filter(
        campaign=job.campaign, night=night, finished_at__isnull=False
    )
    job.workers.wait_for(
        partial(finished.exists),
        enqueue=partial(enqueue, start_due_runs),
        what=f"the totals of {night}",
    )


def report_night(job: Job, night: date) -> None:
    """Report how far the campaign is."""
    loaded = FeedFile.objects.filter(status=FeedFile.Status.LOADED)
    rows = sum(loaded.values_list("rows", flat=True))
    entered = Entry.objects.filter(campaign=job.campaign).count()
    totals = summarize(job.campaign)
    count = f"{totals['members']:>7,} members with {totals['total_yen']:>13,} yen that count"
    job.report(
        f"  {night}  {rows:>9,} rows loaded  {entered:>7,} entered  "
        f"{count if totals['members'] else '   nobody has travelled yet'}"
    )
