"""The rows in quarantine that name a member, in words."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Func, TextField, Value

from bookings.models import Booking, ExRegistration, QuarantinedRow
from bookings.quarantine import delivered_text
from bookings.values import is_identifier
from bookings.words import FEEDS, ROW_REASONS
from points.personal_data import pattern_of

MAX_ROWS = 50
MIN_RESERVATION_LENGTH = 5  # a shorter number may as well be an hour or an amount
Status = QuarantinedRow.Status


@dataclass(frozen=True)
class ShownRow:
    """A row that was not applied; ``note`` says why a person settled it without applying it."""

    pk: int
    feed: str
    tried_at: datetime
    reason: str
    text: str
    is_open: bool
    note: str


def rows_of(wester_id: str, bookings: Iterable[Booking]) -> list[ShownRow]:
    """Return the rows that name a member, an EX number or a reservation of theirs."""
    numbers = ExRegistration.objects.filter(wester_id=wester_id).values_list("pk", flat=True)
    reservations = {booking.reservation_no for booking in bookings}
    longer = (one for one in reservations if len(one) >= MIN_RESERVATION_LENGTH)
    return rows_with([wester_id, *numbers, *sorted(longer)])


def rows_with(texts: Iterable[str]) -> list[ShownRow]:
    """Return the rows that contain one of these identifiers as a whole, the newest first.

    All rows that were not applied are read: they are few, and have no index for it.
    """
    normal = {unicodedata.normalize("NFKC", text).replace(" ", "") for text in texts}
    identifiers = sorted(one for one in normal if is_identifier(one))
    if not identifiers:
        return []
    text = Func("content", Value("escape"), function="encode", output_field=TextField())
    rows = QuarantinedRow.objects.exclude(status=Status.REPLAYED).annotate(text=text)
    found = rows.filter(text__regex=pattern_of(identifiers)).select_related("file")
    return [shown_row(row) for row in found.order_by("-id")[:MAX_ROWS]]


def shown_row(row: QuarantinedRow) -> ShownRow:
    """Return a row in words."""
    return ShownRow(
        pk=row.pk,
        feed=str(FEEDS.get(row.file.feed, row.file.feed)),
        tried_at=row.file.tried_at,
        reason=str(ROW_REASONS.get(row.reason, row.reason)),
        text=delivered_text(bytes(row.content)),
        is_open=row.status == Status.OPEN,
        note=row.note,
    )
