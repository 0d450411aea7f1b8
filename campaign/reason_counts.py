"""How many bookings each reason rejects, stored once a finished run: a page reads it at once.

The count is one pass over all bookings, which takes seconds where there are a million.
"""

from django.db.models import Exists, OuterRef

from campaign import eligibility
from campaign.models import AggregationRun, ReasonCount


def store_due_counts() -> int:
    """Count the reasons for each campaign's last finished run that has none; return how many.

    Counted are the bookings as they are now, under the terms of the run. Repeated or concurrent
    calls store each count once.
    """
    runs = runs_without_counts()
    for run in runs:
        counts = eligibility.reason_counts(run.terms)
        rows = [ReasonCount(run=run, code=code, **numbers) for code, numbers in counts.items()]
        ReasonCount.objects.bulk_create(rows, ignore_conflicts=True)
    return len(runs)


def last_runs() -> list[AggregationRun]:
    """Return the last finished run of each campaign."""
    finished = AggregationRun.objects.filter(finished_at__isnull=False)
    last = finished.order_by("campaign", "-id").distinct("campaign").values("id")
    return list(AggregationRun.objects.filter(id__in=last).order_by("id"))


def runs_without_counts() -> list[AggregationRun]:
    """Return the last finished run of each campaign, where no reasons are counted for it yet."""
    counted = ReasonCount.objects.filter(run=OuterRef("pk"))
    last = [run.pk for run in last_runs()]
    runs = AggregationRun.objects.filter(~Exists(counted), id__in=last)
    return list(runs.select_related("terms__campaign").order_by("id"))


def counts_of(runs: list[AggregationRun]) -> dict[int, dict[str, ReasonCount]]:
    """Return the stored counts of these runs by run and code; one query."""
    found: dict[int, dict[str, ReasonCount]] = {}
    for count in ReasonCount.objects.filter(run__in=[run.pk for run in runs]):
        found.setdefault(count.run_id, {})[count.code] = count
    return found
