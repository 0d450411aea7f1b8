"""What a demo plays: a killed one of the same scenario is resumed, another one is deleted."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from bookings.delivery import find_feed_files
from core.models import DemoClock
from core.printable import printable_name
from dev.demo.private_file import write_private
from dev.demo.refusals import FeedsUnusable, OtherDemo
from dev.demo.sampling.making import SEED, make_feeds
from dev.demo.shipped import FIRST, days_after_sample, read_shipped, to_file
from dev.embedded.postgres import make_roles
from dev.embedded.state_folder import DATABASE, StateFolder

SAMPLE_VERSION = 2  # raised where the samples themselves have changed


@dataclass(frozen=True)
class Scenario:
    """What a demo plays: a campaign, with sample feeds for so many members or those of a folder."""

    members: int
    feeds: str = ""
    campaign: str = FIRST
    seed: str = SEED
    version: int = SAMPLE_VERSION


def choose_scenario(*, members: int, feeds: str, campaign: str = FIRST) -> Scenario:
    """Return what the settings name.

    Raises:
        UnknownDemoCampaign: no campaign of this code ships.
        FeedsUnusable: the folder named holds no feed files.
    """
    read_shipped(campaign)
    if not feeds:
        return Scenario(members, campaign=campaign)
    folder = (settings.BASE_DIR / feeds).resolve()
    if not folder.is_dir() or not find_feed_files([folder]):
        raise FeedsUnusable(
            f"FEEDS names {printable_name(folder)}, which is no folder of feed files."
        )
    return Scenario(members=0, feeds=str(folder), campaign=campaign)


def resume_or_clear(folder: Path, scenario: Scenario) -> bool:
    """Delete the data of another scenario; return whether there were any.

    Raises:
        OtherDemo: there are, in a database that is not the demo's own.
    """
    file = folder / "scenario.json"
    text = json.dumps(asdict(scenario))
    if file.exists() and file.read_text("utf-8") == text:
        return False
    was_another = file.exists() or has_demo_clock()
    if was_another:
        clear_database()
        shutil.rmtree(folder, ignore_errors=True)
    write_private(file, text)
    return was_another


def has_demo_clock() -> bool:
    """Return whether a demo has set its clock in the database."""
    tables = connection.introspection.table_names()
    return DemoClock._meta.db_table in tables and DemoClock.objects.exists()


def clear_database() -> None:
    """Drop every table of the demo's own database.

    Raises:
        OtherDemo: DATABASE_URL names the database, which may have other data.
    """
    if not settings.EMBEDDED_DATABASE:
        raise OtherDemo(
            "The database holds a demo with other feeds: name an empty one in DATABASE_URL."
        )
    address = StateFolder(settings.LOCAL_STATE_DIR).database_address(DATABASE)
    connection.close()
    with psycopg.connect(address) as superuser:
        superuser.execute("DROP SCHEMA public CASCADE")
        superuser.execute("CREATE SCHEMA public")
    make_roles(address)


def make_missing_feeds(
    folder: Path, scenario: Scenario, *, report: Callable[[str], object]
) -> Path:
    """Return the folder of the scenario's feeds; make the samples where they are missing."""
    if scenario.feeds:
        report(f"The feeds are those of {scenario.feeds}.")
        return Path(scenario.feeds)
    feeds = folder / "feeds"
    if not feeds.exists():
        report(f"Making sample feeds for {scenario.members:,} members ...")
        terms = to_file(read_shipped(scenario.campaign)).terms
        made = make_feeds(
            feeds,
            members=scenario.members,
            campaign=scenario.campaign,
            seed=scenario.seed,
            days_later=days_after_sample(terms["opens_at"]),
            closes_at=terms["closes_at"],
        )
        report(f"  {made.rows:,} rows in {made.files:,} files")
    return feeds
