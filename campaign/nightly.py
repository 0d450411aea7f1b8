"""The nightly run of every campaign: started once a night, and finished after any failure."""

from datetime import datetime

import structlog

from campaign.aggregation import start_run
from campaign.models import AggregationRun, Campaign
from campaign.queries import published_campaigns
from campaign.reports import missed_before, nights_due

log = structlog.get_logger(__name__)


def start_due_runs(*, now: datetime) -> list[AggregationRun]:
    """Start tonight's run of each published campaign where it is due; return all unfinished runs.

    Called every minute, this also finds what a killed worker or a lost message left. Nights that
    were missed are logged once, by the run that starts after them.
    """
    for campaign in published_campaigns().order_by("id"):
        start_if_due(campaign, now=now)
    unfinished = AggregationRun.objects.filter(finished_at__isnull=True)
    return list(unfinished.select_related("campaign").order_by("id"))


def start_if_due(campaign: Campaign, *, now: datetime) -> None:
    """Start tonight's run, unless it was started, is not due, or another run is not finished."""
    nights = nights_due(campaign, now=now)
    if not nights or campaign.runs.filter(night=nights[-1]).exists():
        return
    run, is_new = start_run(campaign=campaign, as_of=now, night=nights[-1])
    if not is_new:
        return
    log.info("aggregation_started", campaign=campaign.code, run=run.pk, mode=run.mode)
    if missed := missed_before(run, now=now):
        log.error(
            "nights_missed", campaign=campaign.code, nights=[night.isoformat() for night in missed]
        )
