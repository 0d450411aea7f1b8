"""``export_totals CODE``: write the members' totals as CSV."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bookings.refusals import Refusal
from campaign import queries, reports
from campaign.management import arguments


class Command(BaseCommand):
    """Write ``wester_id,total_yen,bookings`` for every member with a counting booking."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the campaign and where to write."""
        arguments.code(parser)
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="instead of standard output"
        )

    def handle(self, *args: Any, code: str, output: Path | None, **_: Any) -> None:
        """Write the file whole or not at all."""
        try:
            rows = reports.export_totals(queries.get_campaign(code))
            if output is None:
                sys.stdout.flush()
                sys.stdout.buffer.writelines(rows)
                return
            draft = output.with_name(output.name + ".part")
            with draft.open("wb") as file:
                file.writelines(rows)
            draft.replace(output)
        except (Refusal, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
