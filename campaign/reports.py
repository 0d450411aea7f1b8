"""What the totals come to, for ops and staff."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from campaign.clock import JAPAN
from campaign.models import Campaign, Terms

NIGHTLY_FROM_HOUR = 3

# Reads campaign_total by its key.
EXPORT = """
COPY (
    SELECT wester_id, total_yen, bookings FROM campaign_total
    WHERE campaign_id = {campaign} AND bookings > 0 ORDER BY wester_id COLLATE "C"
) TO STDOUT (FORMAT csv)
"""


def summarize(campaign: Campaign) -> dict[str, Any]:
    """Return how many members have a counting booking, how many of these, and their yen."""
    found = campaign.totals.filter(bookings__gt=0).aggregate(
        members=Count("wester_id"), counting_bookings=Sum("bookings"), total_yen=Sum("total_yen")
    )
    return {name: value or 0 for name, value in found.items()}


def export_totals(campaign: Campaign) -> Iterator[bytes]:
    """Yield the totals as CSV, one line per WESTER ID with a counting booking, sorted as bytes."""
    yield b"wester_id,total_yen,bookings\n"
    statement = EXPORT.format(campaign=int(campaign.pk))
    with connection.cursor() as cursor, cursor.copy(statement) as rows:
        for block in rows:
            yield bytes(block)


def last_finished_as_of(campaign: Campaign) -> datetime | None:
    """Return the instant up to which the totals are known; None before the first run."""
    finished = campaign.runs.filter(finished_at__isnull=False).order_by("-id")
    return finished.values_list("as_of", flat=True).first()


def nights_due(terms: Terms, *, now: datetime) -> list[date]:
    """Return every night whose totals should be there by now: from the opening to the crediting.

    A night's run is due from 03:00 on, Japan's time.
    """
    first = terms.opens_at.astimezone(JAPAN).date() + timedelta(days=1)
    begun = now.astimezone(JAPAN) - timedelta(hours=NIGHTLY_FROM_HOUR)
    last = min(begun.date(), terms.credit_at.astimezone(JAPAN).date())
    return [first + timedelta(days=day) for day in range((last - first).days + 1)]


def missed_nights(campaign: Campaign, terms: Terms, *, now: datetime) -> list[date]:
    """Return the nights that are over and had no run; tonight's may still come."""
    held = set(campaign.runs.filter(night__isnull=False).values_list("night", flat=True))
    return [night for night in nights_due(terms, now=now)[:-1] if night not in held]
