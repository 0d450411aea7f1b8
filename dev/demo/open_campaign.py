"""The demo's second campaign, which visitors find open: another of those that ship."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from campaign import queries
from campaign.models import Terms
from core import clock
from core.models import DemoClock
from dev.demo import days
from dev.demo.commands import run_command
from dev.demo.job import Job, demo_folder, load_job
from dev.demo.preparing import PLANNER, publish
from dev.demo.private_file import write_private
from dev.demo.sampling.making import make_feeds
from dev.demo.shipped import days_after_sample, next_shipped, to_file
from dev.demo.waiting import Workers

MEMBERS = 300
SEED = "the second campaign"
FIRST_NUMBER = 50_000_000  # far from the first campaign's people, events and reservations
AFTER_THE_OPENING = timedelta(days=1, hours=1)  # one night has passed, and the page has a total


def open_second_campaign(first: Job, *, state: Path) -> Terms:
    """Publish the second campaign and play it until its entry is open; repeating changes nothing.

    It is the next of those that ship to become public after the first campaign's close.
    """
    values = next_shipped(first.code, after=first.schedule.closed_at)
    code, terms = str(values["code"]), to_file(values).terms
    folder = campaign_folder(state, code)
    if not queries.terms_in_force().filter(campaign__code=code).exists():
        first.report(f"Opening the campaign {code} ...")
        file = folder / "campaign.json"
        write_private(file, json.dumps(values, ensure_ascii=False, indent=2))
        run_command("campaign", "load", str(file), "--by", PLANNER)
        first.advance(terms["public_at"] - timedelta(days=1))
        publish(code, first.report)
    if not feeds_folder(folder).exists():
        make_feeds(
            feeds_folder(folder),
            members=MEMBERS,
            campaign=code,
            seed=SEED,
            days_later=days_after_sample(terms["opens_at"]),
            first_number=FIRST_NUMBER,
            closes_at=terms["closes_at"],
        )
    write_private(open_code_file(state), code)
    job = load_open_job(code, state=state, workers=first.workers, report=first.report)
    opened_at = job.schedule.opens_at + AFTER_THE_OPENING
    days.play_nights(job, until=opened_at)
    job.advance(opened_at)
    return job.terms


def open_code_file(state: Path) -> Path:
    """Return the file that names the campaign which the demo left open."""
    return demo_folder(state) / "open_campaign.txt"


def open_terms() -> Terms | None:
    """Return the terms of the campaign that the bar moves through: the one that was left open."""
    file = open_code_file(settings.LOCAL_STATE_DIR)
    if not file.exists():
        return None
    return queries.terms_in_force().filter(campaign__code=file.read_text("utf-8")).first()


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
