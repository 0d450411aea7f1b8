"""The words of the page of a member: what happened to a booking, and why a row waits."""

from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

from bookings.enumerations import EventType, OperatedVia

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

EVENTS: dict[str, "StrPromise"] = {
    EventType.BOOKED: pgettext_lazy("what happened to a booking", "Booked"),
    EventType.CHANGED: pgettext_lazy("what happened to a booking", "Changed"),
    EventType.CANCELLED: pgettext_lazy("what happened to a booking", "Cancelled"),
    EventType.REFUNDED: pgettext_lazy("what happened to a booking", "Refunded"),
    EventType.USED: pgettext_lazy("what happened to a booking", "Ridden"),
    EventType.STOPOVER: pgettext_lazy("what happened to a booking", "Journey broken off"),
}
PLACES: dict[str, "StrPromise"] = {
    OperatedVia.WEB: pgettext_lazy("where it happened", "web page"),
    OperatedVia.APP: pgettext_lazy("where it happened", "app"),
    OperatedVia.PHONE: pgettext_lazy("where it happened", "telephone"),
    OperatedVia.COUNTER: pgettext_lazy("where it happened", "ticket office"),
    OperatedVia.GATE: pgettext_lazy("where it happened", "ticket gate"),
    OperatedVia.SYSTEM: pgettext_lazy("where it happened", "automatically"),
}
FEEDS: dict[str, "StrPromise"] = {
    "bookings": pgettext_lazy("feed", "Bookings"),
    "entries": pgettext_lazy("feed", "Entries"),
    "memberships": pgettext_lazy("feed", "Joining and leaving"),
    "ex_registrations": pgettext_lazy("feed", "EX points registrations"),
    "credit_results": pgettext_lazy("feed", "Results of the crediting"),
}
ROW_REASONS: dict[str, "StrPromise"] = {
    "nul_byte": pgettext_lazy("why a row waits", "A character is not allowed"),
    "line_too_long": pgettext_lazy("why a row waits", "The row is too long"),
    "bad_column_count": pgettext_lazy("why a row waits", "The number of columns differs"),
    "missing_value": pgettext_lazy("why a row waits", "A value is missing"),
    "bad_identifier": pgettext_lazy("why a row waits", "A number has the wrong form"),
    "bad_timestamp": pgettext_lazy("why a row waits", "A time cannot be read"),
    "bad_date": pgettext_lazy("why a row waits", "A date cannot be read"),
    "bad_amount": pgettext_lazy("why a row waits", "The amount cannot be read"),
    "bad_number": pgettext_lazy("why a row waits", "A figure cannot be read"),
    "unknown_value": pgettext_lazy("why a row waits", "A value is unknown"),
    "unexpected_value": pgettext_lazy("why a row waits", "A value is not expected here"),
    "bad_journey": pgettext_lazy("why a row waits", "The journey cannot be read"),
    "unknown_service": pgettext_lazy("why a row waits", "The train is unknown"),
    "unknown_station": pgettext_lazy("why a row waits", "The station is unknown"),
    "conflicting_event": pgettext_lazy("why a row waits", "One operation has two contents"),
    "outside_entry_period": pgettext_lazy("why a row waits", "Outside the entry period"),
}
MIN_LENGTH, FIRST, LAST = 10, 5, 2


def mask_identifier(identifier: str) -> str:
    """Return an identifier without its middle, such as ``W9041***03``; a short one is stars."""
    if len(identifier) < MIN_LENGTH:
        return "***"
    return f"{identifier[:FIRST]}***{identifier[-LAST:]}"
