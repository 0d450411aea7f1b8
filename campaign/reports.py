"""What the totals come to, for ops and staff."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Sum

from campaign import queries
from campaign.models import AggregationRun, Campaign
from core.clock import JAPAN
from core.sql_files import read_sql

NIGHTLY_FROM_HOUR = 3
LATE = timedelta(hours=1)


def summarize(campaign: Campaign) -> dict[str, Any]:
    """Return how many members have a counting booking, how many of these, and their yen."""
    found = campaign.totals.filter(bookings__gt=0).aggregate(
        members=Count("wester_id"), counting_bookings=Sum("bookings"), total_yen=Sum("total_yen")
    )
    return {name: value or 0 for name, value in found.items()}


def export_totals(campaign: Campaign) -> Iterator[bytes]:
    """Yield the totals as CSV, one line per WESTER ID with a counting booking, sorted as bytes."""
    yield b"wester_id,total_yen,bookings\n"
    statement, values = read_sql("campaign", "export_totals"), {"campaign": campaign.pk}
    with connection.cursor() as cursor, cursor.copy(statement, values) as rows:
        for block in rows:
            yield bytes(block)


def last_finished_as_of(campaign: Campaign) -> datetime | None:
    """Return the instant up to which the totals are known; None before the first run."""
    finished = campaign.runs.filter(finished_at__isnull=False)
    return finished.order_by("-id").values_list("as_of", flat=True).first()


def nights_due(campaign: Campaign, *, now: datetime) -> list[date]:
    """Return every night whose run is due by now: from the opening to the crediting.

    A night's run is due at 03:00 of that day, Japan's time; before the campaign is published
    there is none.
    """
    first_terms = queries.first_published_terms(campaign)
    if first_terms is None or first_terms.published_at is None:
        return []
    terms = queries.working_terms(campaign)
    before = night_by(max(terms.opens_at, first_terms.published_at))
    last = night_by(min(now, terms.credit_at))
    return [before + timedelta(days=day) for day in range(1, (last - before).days + 1)]


def night_by(instant: datetime) -> date:
    """Return the last night whose run is due by an instant."""
    return (instant.astimezone(JAPAN) - timedelta(hours=NIGHTLY_FROM_HOUR)).date()


def missed_nights(campaign: Campaign, *, now: datetime) -> list[date]:
    """Return the nights whose run did not start within the hour, nor since."""
    started = set(campaign.runs.filter(night__isnull=False).values_list("night", flat=True))
    return [night for night in nights_due(campaign, now=now - LATE) if night not in started]


def missed_before(run: AggregationRun, *, now: datetime) -> list[date]:
    """Return the nights that were missed just before this night's run."""
    earlier = run.campaign.runs.filter(night__lt=run.night).aggregate(last=Max("night"))["last"]
    return [
        night
        for night in missed_nights(run.campaign, now=now)
        if earlier is None or night > earlier
    ]
