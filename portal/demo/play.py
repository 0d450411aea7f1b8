"""Which demo a folder holds: one that was killed is gone on with, another one is cleared away."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from bookings.delivery import find_feed_files
from bookings.printable import printable_name
from campaign.models import DemoClock
from portal.demo.keeping import keep
from portal.demo.refusals import FeedsUnusable, OtherDemo
from portal.demo.sampling.making import SEED, make_feeds

SAMPLE_VERSION = 1  # another one where the samples themselves have changed


@dataclass(frozen=True)
class Play:
    """What a demo plays: sample feeds for so many members, or the feeds of a folder."""

    members: int
    feeds: str = ""
    seed: str = SEED
    version: int = SAMPLE_VERSION


def choose_play(*, members: int, feeds: str) -> Play:
    """Return what was asked for.

    Raises:
        FeedsUnusable: the folder named holds no feed files.
    """
    if not feeds:
        return Play(members)
    folder = (settings.BASE_DIR / feeds).resolve()
    if not folder.is_dir() or not find_feed_files([folder]):
        raise FeedsUnusable(
            f"FEEDS names {printable_name(folder)}, which is no folder of feed files."
        )
    return Play(members=0, feeds=str(folder))


def begin(place: Path, play: Play) -> bool:
    """Have the folder and the database be this play's; say whether an earlier one was cleared.

    Raises:
        OtherDemo: they hold another play, in a database that is not the demo's own.
    """
    kept = place / "play.json"
    words = json.dumps(asdict(play))
    if kept.exists() and kept.read_text("utf-8") == words:
        return False
    was_another = kept.exists() or is_of_a_demo()
    if was_another:
        clear_database()
        shutil.rmtree(place, ignore_errors=True)
    keep(kept, words)
    return was_another


def is_of_a_demo() -> bool:
    """Say whether the database is one in which a demo has set its clock."""
    tables = connection.introspection.table_names()
    return DemoClock._meta.db_table in tables and DemoClock.objects.exists()


def clear_database() -> None:
    """Empty the demo's own database, its tables included.

    Raises:
        OtherDemo: DATABASE_URL names the database: somebody else's data may lie there.
    """
    if not settings.EMBEDDED_DATABASE:
        raise OtherDemo(
            "The database holds a demo with other feeds: name an empty one in DATABASE_URL."
        )
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()


def feeds_of(place: Path, play: Play, *, campaign: str, say: Callable[[str], object]) -> Path:
    """Return the folder of the play's feeds; the samples are made where they are not there yet."""
    if play.feeds:
        say(f"The feeds are those of {play.feeds}.")
        return Path(play.feeds)
    folder = place / "feeds"
    if not folder.exists():
        say(f"Making sample feeds for {play.members:,} members ...")
        made = make_feeds(folder, members=play.members, campaign=campaign, seed=play.seed)
        say(f"  {made.rows:,} rows in {made.files:,} files")
    return folder
