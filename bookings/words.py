"""The words in which staff read codes of feeds: a feed, why a file is refused, why a row waits."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.enumerations import EventType, OperatedVia

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

# Also of the feeds that other apps define.
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
FILE_REASONS: dict[str, "StrPromise"] = {
    "no_manifest": pgettext_lazy("why a file is refused", "The manifest is missing"),
    "unreadable_manifest": pgettext_lazy("why a file is refused", "The manifest is unreadable"),
    "unknown_version": pgettext_lazy("why a file is refused", "Unknown version of the manifest"),
    "unknown_feed": pgettext_lazy("why a file is refused", "Unknown feed"),
    "manifest_differs_from_name": pgettext_lazy(
        "why a file is refused", "The name is not the manifest's"
    ),
    "unreadable_file": pgettext_lazy("why a file is refused", "The file is unreadable"),
    "checksum_differs": pgettext_lazy("why a file is refused", "The checksum differs"),
    "truncated_gzip": pgettext_lazy("why a file is refused", "The packed file is cut off"),
    "too_large": pgettext_lazy("why a file is refused", "The file is too large"),
    "undecodable": pgettext_lazy("why a file is refused", "Unreadable characters"),
    "malformed_quoting": pgettext_lazy("why a file is refused", "A quotation mark is not closed"),
    "header_differs": pgettext_lazy("why a file is refused", "Other columns than agreed"),
    "row_count_differs": pgettext_lazy("why a file is refused", "The number of rows differs"),
    "too_many_bad_rows": pgettext_lazy("why a file is refused", "Too many unreadable rows"),
    "total_points_differs": pgettext_lazy("why a file is refused", "The sum of points differs"),
}
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
# By their names in the rail network; companies outside the JR group keep their Japanese names.
OPERATORS: dict[str, "StrPromise"] = {
    "JR West": _("JR West"),
    "JR Central": _("JR Central"),
    "JR East": _("JR East"),
    "JR Kyushu": _("JR Kyushu"),
    "JR Shikoku": _("JR Shikoku"),
    "JR Hokkaido": _("JR Hokkaido"),
}


def operator_name(operator: str) -> "StrPromise | str":
    """Return the name of a railway company."""
    return OPERATORS.get(operator, operator)
