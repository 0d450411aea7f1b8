"""``aggregate CODE [--full]``: recompute the totals of a campaign's members."""

import time
from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser

from bookings import quarantine
from bookings.definitions import BOOKINGS, EX_REGISTRATIONS
from campaign import aggregation, queries, reports
from campaign.models import AggregationRun, Campaign
from core import arguments, clock
from core.commands import ContractCommand, Report, one_transaction

POLL_S = 0.2
COUNTED_FEEDS = (BOOKINGS.name, EX_REGISTRATIONS.name)


class Command(ContractCommand):
    """Recompute the totals of a campaign's members."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the campaign, and whether all members are computed."""
        super().add_arguments(parser)
        arguments.code(parser)
        arguments.dry_run(parser)
        parser.add_argument("--full", action="store_true", help="compute every member")

    def run(self, *, code: str, full: bool, dry_run: bool, **_: Any) -> Report:
        """Finish the campaign's unfinished run, if there is one, then carry out a new one."""
        campaign = queries.get_campaign(code)
        if dry_run:
            return self.try_out(campaign, full=full)
        is_new = False
        while not is_new:
            run, is_new = aggregation.start_run(
                campaign=campaign, as_of=clock.database_now(), full=full
            )
            self.complete(run)
        return report_totals(campaign, run.mode, reports.summarize(campaign), as_of=run.as_of)

    def try_out(self, campaign: Campaign, *, full: bool) -> Report:
        """Report what a run would come to, which is the same for both modes."""
        with one_transaction(dry_run=True):
            terms = queries.working_terms(campaign)
            aggregation.recompute_totals(terms)
            mode = aggregation.choose_mode(terms, full=full)
            return report_totals(
                campaign, mode, reports.summarize(campaign), as_of=clock.database_now()
            )

    def complete(self, run: AggregationRun) -> None:
        """Work on a run until it is done, beside any workers that share it."""
        while True:
            aggregation.compute_shards(run)
            done = run.shards.filter(done=True).count()
            self.print_progress(f"{run.mode} run: {done} of {run.shards.count()} shards done")
            if aggregation.finish_run(run, at=clock.database_now()):
                return
            time.sleep(POLL_S)


def report_totals(
    campaign: Campaign, mode: str, summary: dict[str, int], *, as_of: datetime
) -> Report:
    """Report what the totals of a run come to."""
    text = (
        f"{mode}: {summary['members']:,} members, {summary['counting_bookings']:,} "
        f"counting bookings, {summary['total_yen']:,} yen."
    )
    data = {"code": campaign.code, **summary, "mode": mode, "as_of": as_of}
    return Report(data, text, warnings=quarantine.open_row_warnings(COUNTED_FEEDS))
