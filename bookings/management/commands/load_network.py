"""``load_network FOLDER``: replace the rail network."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from bookings.network import load_network
from core.commands import ContractCommand, Report, one_transaction
from core.printable import printable_name


class Command(ContractCommand):
    """Replace the rail network by a folder's, and recompute the sections of all bookings."""

    help = "Replace the rail network by the CSV files of a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the folder and the dry run."""
        super().add_arguments(parser)
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--dry-run", action="store_true", help="check all, change nothing")

    def run(self, **options: Any) -> Report:
        """Load the folder in one transaction."""
        folder: Path = options["folder"]
        dry_run: bool = options["dry_run"]
        self.print_progress(f"Loading the rail network of {printable_name(folder)} ...")
        with one_transaction(dry_run=dry_run):
            loaded = load_network(folder=folder)
        done, changed = ("Would load", "would run") if dry_run else ("Loaded", "run")
        return Report(
            asdict(loaded),
            f"{done} {loaded.services} services with {loaded.stops} stops; "
            f"{loaded.bookings} bookings {changed} over other sections than before.",
        )
