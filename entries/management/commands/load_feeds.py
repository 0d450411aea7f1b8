"""``load_feeds PATH… [--dry-run]``: load feed files, or the feed files of folders."""

import sys
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from bookings.delivery import find_feed_files
from bookings.loading import FileOutcome, load_file
from bookings.models import FeedFile
from core import arguments, clock
from core.commands import ContractCommand, Report, one_transaction
from core.locks import Lock, acquire
from core.printable import printable_name
from core.progress import Progress
from entries.feeds import FEEDS

REFUSED = FeedFile.Status.REFUSED


class Command(ContractCommand):
    """Load feed files, each one whole or not at all."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the files and folders."""
        super().add_arguments(parser)
        parser.add_argument("paths", nargs="+", metavar="PATH", type=Path, help="file or folder")
        arguments.dry_run(parser)

    def run(self, *, paths: list[Path], dry_run: bool, **_: Any) -> Report:
        """Load the files that are not loaded; after a refused file the others are loaded."""
        files = find_feed_files(paths)
        named = frozenset(paths)
        outcomes = self.load_and_roll_back(files, named) if dry_run else self.load_all(files, named)
        refused = sum(outcome.status == REFUSED for outcome in outcomes)
        data = {"files": [asdict(outcome) for outcome in outcomes], "dry_run": dry_run}
        warnings = [quarantine_warning(outcome) for outcome in outcomes if outcome.quarantined]
        if refused:
            text = f"{refused} of {len(outcomes)} files refused."
            return Report(data, text, ok=False, warnings=warnings)
        return Report(data, f"{len(outcomes)} files, none refused.", warnings=warnings)

    def load_and_roll_back(
        self, files: Sequence[Path], named: Collection[Path]
    ) -> list[FileOutcome]:
        """Load all files in one transaction, each after those before it, and roll it back.

        The locks of all feeds are acquired first, in their order, whatever order the files have.
        """
        with one_transaction(dry_run=True):
            acquire(Lock.LOADS, shared=True)
            for feed in sorted(FEEDS.values(), key=lambda feed: feed.lock):
                acquire(Lock.FEED, feed.lock)
            return self.load_all(files, named)

    def load_all(self, files: Sequence[Path], named: Collection[Path]) -> list[FileOutcome]:
        """Load all files; only a path that was given itself may be a link."""
        return [self.load(path, follow_links=path in named) for path in files]

    def load(self, path: Path, *, follow_links: bool) -> FileOutcome:
        """Load one file, and show its progress and outcome."""
        progress = Progress(sys.stderr, printable_name(path.name))
        outcome = load_file(
            path=path,
            feeds=FEEDS,
            loaded_at=clock.now(),
            on_progress=progress,
            follow_links=follow_links,
        )
        progress.end(describe_outcome(outcome))
        return outcome


def quarantine_warning(outcome: FileOutcome) -> str:
    """Return a sentence on the quarantined rows of a loaded file."""
    return (
        f"{outcome.name}: {outcome.quarantined:,} of {outcome.rows:,} rows do not count and wait "
        "in quarantine; see: quarantine list."
    )


def describe_outcome(outcome: FileOutcome) -> str:
    """Return what became of a file, in one line."""
    if outcome.status == REFUSED:
        return f"{outcome.name}: refused, {outcome.reason}. {outcome.detail}"
    if outcome.status == FeedFile.Status.LOADED:
        return (
            f"{outcome.name}: {outcome.rows:,} rows, {outcome.applied:,} applied, "
            f"{outcome.duplicates:,} duplicates, {outcome.quarantined:,} quarantined"
        )
    return f"{outcome.name}: already loaded"
