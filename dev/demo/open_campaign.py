"""The demo's second campaign, which visitors find open: the first one's terms, on later dates."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from campaign import queries
from campaign.models import Terms
from core import clock
from core.models import DemoClock
from dev.demo import days
from dev.demo.commands import run_command
from dev.demo.job import Job, demo_folder, load_job
from dev.demo.preparing import CAMPAIGN_FILE, PLANNER, publish
from dev.demo.private_file import write_private
from dev.demo.sampling.files import shift_dates
from dev.demo.sampling.making import make_feeds
from dev.demo.waiting import Workers

MEMBERS = 300
SEED = "the second campaign"
FIRST_NUMBER = 50_000_000  # far from the first campaign's people, events and reservations
AFTER_THE_OPENING = timedelta(days=1, hours=1)  # one night has passed, and the page has a total


def open_second_campaign(first: Job, *, state: Path) -> Terms:
    """Publish the second campaign and play it until its entry is open; repeating changes nothing.

    Its entry opens on the day after the first campaign's close.
    """
    first_opens_on = first.schedule.opens_at.date()
    days_later = (first.schedule.closed_at.date() - first_opens_on).days + 1
    values = later_terms(json.loads(CAMPAIGN_FILE.read_text("utf-8")), days_later)
    code = str(values["code"])
    folder = campaign_folder(state, code)
    if not queries.terms_in_force().filter(campaign__code=code).exists():
        first.report(f"Opening the campaign {code}, the same terms {days_later} days later ...")
        file = folder / "campaign.json"
        write_private(file, json.dumps(values, ensure_ascii=False, indent=2))
        run_command("campaign", "load", str(file), "--by", PLANNER)
        publish(code, first.report)
    if not feeds_folder(folder).exists():
        make_feeds(
            feeds_folder(folder),
            members=MEMBERS,
            campaign=code,
            seed=SEED,
            days_later=days_later,
            first_number=FIRST_NUMBER,
        )
    job = load_open_job(code, state=state, workers=first.workers, report=first.report)
    opened_at = job.schedule.opens_at + AFTER_THE_OPENING
    days.play_nights(job, until=opened_at)
    job.advance(opened_at)
    return job.terms


def later_terms(values: dict[str, Any], days_later: int) -> dict[str, Any]:
    """Return the first campaign's file with every date some days later, and a code of its own."""
    later: dict[str, Any] = json.loads(shift_dates(json.dumps(values), days_later))
    return {**later, "code": f"01{datetime.fromisoformat(later['opens_at']):%Y%m%d}01"}


def open_terms() -> Terms | None:
    """Return the terms of the campaign that the bar moves through: the one that opens last."""
    return queries.terms_in_force().order_by("opens_at", "id").last()


def load_open_job(
    code: str, *, state: Path, workers: Workers, report: Callable[[str], object]
) -> Job:
    """Return the job of the second campaign."""
    folder = campaign_folder(state, code)
    return load_job(
        code=code,
        workers=workers,
        state=state,
        folder=folder,
        feeds=feeds_folder(folder),
        report=report,
    )


def campaign_folder(state: Path, code: str) -> Path:
    """Return the folder of a campaign's own files."""
    return demo_folder(state) / code


def feeds_folder(folder: Path) -> Path:
    """Return the folder of a campaign's feed files."""
    return folder / "feeds"


def start_clock() -> None:
    """Let the demo's clock run again from the instant at which it stands."""
    for stands in DemoClock.objects.filter(runs=False):
        clock.move_demo_clock(to=stands.instant)
