"""``export_totals CODE [--output FILE]``: write the members' totals as CSV."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from campaign import queries, reports
from core import arguments, audit, clock
from core.atomic_files import PRIVATE, write_atomically
from core.commands import ContractCommand, Report
from core.errors import Refusal


class OutputFailed(Refusal):
    """The totals could not be written where they should go."""


class Command(ContractCommand):
    """Write ``wester_id,total_yen,bookings`` for every member with a counting booking."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the campaign and where to write."""
        super().add_arguments(parser)
        arguments.code(parser)
        arguments.by_who_looks(parser)
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="instead of standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse to write both the CSV and the JSON object to standard output."""
        if options["json"] and options["output"] is None:
            raise CommandError(
                "--json needs --output FILE: the CSV takes the standard output.", returncode=2
            )
        super().handle(*args, **options)

    def run(self, *, code: str, output: Path | None, by: str | None, **_: Any) -> Report:
        """Write the totals of the last run; the audit records who did, before there is a file."""
        campaign = queries.get_campaign(code)
        audit.record(
            actor=arguments.read_who_looks(by),
            action="file.exported",
            subject=campaign.code,
            at=clock.now(),
            detail={"file": "totals", "members": reports.summarize(campaign)["members"]},
        )
        rows = reports.export_totals(campaign)
        try:
            if output is None:
                write_out(rows)
                return Report()
            write_atomically(output, rows, mode=PRIVATE)
        except OSError as failure:
            raise OutputFailed(f"The totals were not written: {failure.strerror}.") from failure
        summary = reports.summarize(campaign)
        text = f"Wrote the totals of {summary['members']:,} members."
        return Report({"code": code, "output": str(output), **summary}, text)


def write_out(rows: Iterator[bytes]) -> None:
    """Write to standard output, byte for byte."""
    sys.stdout.flush()
    sys.stdout.buffer.writelines(rows)
    sys.stdout.buffer.flush()
