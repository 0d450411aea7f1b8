"""``/metrics`` for the operator's monitoring; no metric identifies a person.

Each process counts its requests. All other metrics are queried from Postgres at each request, so
that they survive a restart and all processes agree.
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
from portal.findings import count_findings

REQUESTS = Counter("dodonto_requests", "Answered requests.", ["method", "status"])
METHODS = ("GET", "HEAD", "POST")


def count_request(*, method: str | None, status: int) -> None:
    """Count an answered request; unknown methods share one label."""
    REQUESTS.labels(method if method in METHODS else "other", str(status)).inc()


@require_safe
def show_metrics(request: HttpRequest) -> HttpResponse:
    """Answer a request that bears METRICS_TOKEN, any other with 404."""
    if not has_token(request.headers.get("Authorization", ""), token=settings.METRICS_TOKEN):
        raise Http404
    body = b"".join(generate_latest(registry) for registry in registries())
    return HttpResponse(body, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def has_token(authorization: str, *, token: str) -> bool:
    """Return whether a request bears the token; False where none is set."""
    given = authorization.removeprefix("Bearer ").encode()
    return bool(token) and hmac.compare_digest(given, token.encode())


def registries() -> Iterator[CollectorRegistry]:
    """Yield the registry of the counters of all processes, then that of Postgres."""
    if settings.METRICS_FOLDER:
        shared = CollectorRegistry()
        MultiProcessCollector(shared, path=settings.METRICS_FOLDER)  # type: ignore[no-untyped-call]  # typed nowhere
        yield shared
    else:
        yield REGISTRY
    stored = CollectorRegistry(auto_describe=False)
    stored.register(StoredMetrics())
    yield stored


class StoredMetrics(Collector):
    """The metrics that are queried from Postgres."""

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics with their current values."""
        yield entry_metric()
        yield from feed_metrics()
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
        yield from payout_metrics()
        yield finding_metric()


def payout_metrics() -> Iterator[Metric]:
    """Yield the numbers of due payouts and of warnings about payouts."""
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


def finding_metric() -> Metric:
    """Return the number of findings of each code, as ``status`` lists them."""
    family = GaugeMetricFamily(
        "dodonto_findings", "What is due, late, waiting or broken.", labels=["code"]
    )
    for code, number in count_findings(now=clock.now()).items():
        family.add_metric([code], number)
    return family


def gauge(name: str, sentence: str, value: int) -> Metric:
    """Return a gauge: a metric that can decrease."""
    return GaugeMetricFamily(name, sentence, value=value)


def entry_metric() -> Metric:
    """Return the number of entries per campaign and channel."""
    family = GaugeMetricFamily("dodonto_entries", "Entries.", labels=["campaign", "channel"])
    counted = Entry.objects.values_list("campaign__code", "channel").annotate(number=Count("id"))
    for code, channel, number in counted.order_by("campaign__code", "channel"):
        family.add_metric([code, channel], number)
    return family


def feed_metrics() -> Iterator[Metric]:
    """Yield the numbers of feed files by status and of rows by outcome."""
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
            # The feed that a refused file names can be any text.
            files.add_metric(["", one["status"]], one["number"])
            continue
        files.add_metric([one["feed"], one["status"]], one["number"])
        for outcome in ("applied", "duplicate", "quarantined"):
            rows.add_metric([one["feed"], outcome], one[outcome])
    yield files
    yield rows
