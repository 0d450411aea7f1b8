"""``/metrics`` for the monitoring inside: how many, never who.

Requests are counted by each process; everything else is asked of Postgres when it is looked at, so
that a restart forgets nothing and no two processes disagree.
"""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from bookings.models import FeedFile, QuarantinedRow
from campaign.models import AggregationRun
from core import clock
from core.models import Approval
from entries.models import Entry
from points.queries import find_due_payouts, list_warnings

REQUESTS = Counter("dodonto_requests", "Answered requests.", ["method", "status"])
METHODS = ("GET", "HEAD", "POST")


def count_request(*, method: str | None, status: int) -> None:
    """Count an answered request; by few methods, so that nobody can make up labels."""
    REQUESTS.labels(method if method in METHODS else "other", str(status)).inc()


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Answer whoever knows METRICS_TOKEN; for everybody else there is no such page."""
    if not is_allowed(request.headers.get("Authorization", ""), token=settings.METRICS_TOKEN):
        raise Http404
    body = b"".join(generate_latest(registry) for registry in registries())
    return HttpResponse(body, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def is_allowed(authorization: str, *, token: str) -> bool:
    """Say whether a request bears the token; nobody does where none is set."""
    offered = authorization.removeprefix("Bearer ").encode()
    return bool(token) and hmac.compare_digest(offered, token.encode())


def registries() -> Iterator[CollectorRegistry]:
    """Yield what processes have counted (all of a server, where they share a folder), then ours."""
    if settings.METRICS_FOLDER:
        shared = CollectorRegistry()
        MultiProcessCollector(shared, path=settings.METRICS_FOLDER)  # type: ignore[no-untyped-call]  # typed nowhere
        yield shared
    else:
        yield REGISTRY
    stored = CollectorRegistry(auto_describe=False)
    stored.register(Stored())
    yield stored


class Stored(Collector):
    """What stands in Postgres."""

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now."""
        yield entries()
        yield from feeds()
        yield gauge(
            "dodonto_open_quarantined_rows",
            "Rows in quarantine that wait for a person.",
            QuarantinedRow.objects.filter(status=QuarantinedRow.Status.OPEN).count(),
        )
        yield gauge(
            "dodonto_open_approvals",
            "Requests that wait for another person's yes or no.",
            Approval.objects.filter(state=Approval.State.OPEN).count(),
        )
        yield gauge(
            "dodonto_unfinished_aggregation_runs",
            "Runs of totals that are not finished.",
            AggregationRun.objects.filter(finished_at__isnull=True).count(),
        )
        yield from money()


def money() -> Iterator[Metric]:
    """Return what is due of payouts, and what staff are warned of."""
    now = clock.now()
    yield gauge(
        "dodonto_due_payouts",
        "Approved payouts that have not ended.",
        len(find_due_payouts(now=now)),
    )
    yield gauge(
        "dodonto_payout_warnings",
        "Payouts that are due and not approved, or that have stalled.",
        len(list_warnings(now=now)),
    )


def gauge(name: str, sentence: str, value: int) -> Metric:
    """Return a figure that goes up and down."""
    return GaugeMetricFamily(name, sentence, value=value)


def entries() -> Metric:
    """Return the entries of every campaign, by the channel that they came by."""
    family = GaugeMetricFamily("dodonto_entries", "Entries.", labels=["campaign", "channel"])
    counted = Entry.objects.values_list("campaign__code", "channel").annotate(number=Count("id"))
    for code, channel, number in counted.order_by("campaign__code", "channel"):
        family.add_metric([code, channel], number)
    return family


def feeds() -> Iterator[Metric]:
    """Return what became of the feeds' files and rows."""
    files = CounterMetricFamily("dodonto_feed_files", "Feed files.", labels=["feed", "status"])
    rows = CounterMetricFamily("dodonto_feed_rows", "Rows loaded.", labels=["feed", "outcome"])
    counted = FeedFile.objects.values("feed", "status").annotate(
        number=Count("id"),
        applied=Sum("applied"),
        duplicate=Sum("duplicates"),
        quarantined=Sum("quarantined"),
    )
    for one in counted.order_by("feed", "status"):
        if one["status"] == FeedFile.Status.REFUSED:
            # What a refused file calls itself is anybody's word.
            files.add_metric(["", one["status"]], one["number"])
            continue
        files.add_metric([one["feed"], one["status"]], one["number"])
        for outcome in ("applied", "duplicate", "quarantined"):
            rows.add_metric([one["feed"], outcome], one[outcome])
    yield files
    yield rows
