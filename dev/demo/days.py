"""Night after night: files are delivered and loaded, buttons are pressed, totals are made."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from bookings.delivery import find_feed_files
from bookings.inbox import find_arrivals
from bookings.models import FeedFile
from campaign.models import AggregationRun
from campaign.reports import summarize
from campaign.tasks import start_due_runs
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
TOLD_EVERY_NIGHTS = 7


class WebEntry(NamedTuple):
    """A press of the button on the page."""

    entered_at: datetime
    wester_id: str


def pass_nights(job: Job, *, until: datetime) -> None:
    """Have the days pass up to an instant, each with its loads and its nightly totals.

    Nights that an earlier run of the demo had are passed over.
    """
    done = set(job.campaign.runs.filter(finished_at__isnull=False).values_list("night", flat=True))
    nights = [night for night in job.schedule.nights(until=until) if night not in done]
    presses = group_presses(job)
    for number, night in enumerate(nights):
        job.advance(at(night, LOADED_AT))
        for press in presses.get(night, ()):
            enter_campaign(period=job.terms, wester_id=press.wester_id, entered_at=press.entered_at)
        receive(job, until=night)
        job.advance(at(night, TOTALLED_AT))
        total(job, night)
        enqueue(store_forecasts)
        if number % TOLD_EVERY_NIGHTS == 0 or night == nights[-1]:
            tell(job, night)


def group_presses(job: Job) -> dict[date, list[WebEntry]]:
    """Return who presses the button, by the night after; nobody where feeds came from elsewhere."""
    file = job.feeds / WEB_ENTRIES
    presses = json.loads(file.read_text("utf-8")) if file.exists() else []
    nights = list(job.schedule.nights(until=job.schedule.frozen_at))
    dated = sorted(WebEntry(datetime.fromisoformat(when), who) for who, when in presses)

    def night_after(press: WebEntry) -> date:
        return next(night for night in nights if press.entered_at < at(night, LOADED_AT))

    return {night: list(some) for night, some in groupby(dated, key=night_after)}


def receive(job: Job, *, until: date) -> None:
    """Have upstream deliver the files of the days before, and the workers load them."""
    if not deliver(job, until=until):
        return
    job.crew.wait_for(
        lambda: not any(find_arrivals(job.inbox)),
        ring=partial(enqueue, watch_inbox),
        what="the feed files",
    )


def deliver(job: Job, *, until: date) -> int:
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
    """Yield the files of business dates before a day; what is not named for a date is due too."""
    for file in find_feed_files([folder]):
        named = BUSINESS_DATE.search(file.name)
        if named is None or named[1] < f"{until:%Y%m%d}":
            yield file


def manifest_of(file: Path) -> Path:
    """Return where a file's manifest lies."""
    return file.with_name(f"{file.name}.manifest.json")


def total(job: Job, night: date) -> None:
    """Have the workers bring the totals of a night up to date."""
    finished = AggregationRun.objects.filter(
        campaign=job.campaign, night=night, finished_at__isnull=False
    )
    job.crew.wait_for(
        partial(finished.exists),
        ring=partial(enqueue, start_due_runs),
        what=f"the totals of {night}",
    )


def tell(job: Job, night: date) -> None:
    """Say how far the campaign is."""
    loaded = FeedFile.objects.filter(status=FeedFile.Status.LOADED)
    rows = sum(loaded.values_list("rows", flat=True))
    entered = Entry.objects.filter(campaign=job.campaign).count()
    totals = summarize(job.campaign)
    count = f"{totals['members']:>7,} members with {totals['total_yen']:>13,} yen that count"
    job.say(
        f"  {night}  {rows:>9,} rows loaded  {entered:>7,} entered  "
        f"{count if totals['members'] else '   nobody has travelled yet'}"
    )
