"""The words for feeds, for why rows wait and files are refused, and for what became of awards."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from points.models import KeyStanding

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

FEEDS = {
    "bookings": pgettext_lazy("a feed", "Bookings"),
    "ex_registrations": pgettext_lazy("a feed", "EX point registrations"),
    "memberships": pgettext_lazy("a feed", "Members who joined or left"),
    "entries": pgettext_lazy("a feed", "Entries"),
    "credit_results": pgettext_lazy("a feed", "Answers on credits"),
}
ROW_REASONS = {
    "bad_amount": pgettext_lazy("why a row waits", "The amount cannot be read"),
    "bad_column_count": pgettext_lazy("why a row waits", "The number of columns differs"),
    "bad_date": pgettext_lazy("why a row waits", "A date cannot be read"),
    "bad_identifier": pgettext_lazy("why a row waits", "A number has the wrong form"),
    "bad_journey": pgettext_lazy("why a row waits", "The journey cannot be read"),
    "bad_number": pgettext_lazy("why a row waits", "A figure cannot be read"),
    "bad_timestamp": pgettext_lazy("why a row waits", "A time cannot be read"),
    "conflicting_event": pgettext_lazy("why a row waits", "One operation has two contents"),
    "line_too_long": pgettext_lazy("why a row waits", "The row is too long"),
    "missing_value": pgettext_lazy("why a row waits", "A value is missing"),
    "nul_byte": pgettext_lazy("why a row waits", "A character is not allowed"),
    "outside_entry_period": pgettext_lazy("why a row waits", "Outside the entry period"),
    "unexpected_value": pgettext_lazy("why a row waits", "A value is not expected here"),
    "unknown_service": pgettext_lazy("why a row waits", "The train is unknown"),
    "unknown_station": pgettext_lazy("why a row waits", "The station is unknown"),
    "unknown_value": pgettext_lazy("why a row waits", "A value is unknown"),
}
FILE_REASONS = {
    "checksum_differs": _("The content is not that of its manifest (checksum)."),
    "header_differs": _("The first line does not have the columns of this feed."),
    "malformed_quoting": _("Quotation marks are not closed."),
    "no_manifest": _("The manifest is missing."),
    "row_count_differs": _("The number of rows is not that of the manifest."),
    "too_large": _("The file is too large."),
    "too_many_bad_rows": _("Too many rows cannot be read."),
    "total_points_differs": _("The points are not those of the manifest."),
    "truncated_gzip": _("The packed file is damaged or cut off."),
    "undecodable": _("The characters are not in the encoding of the manifest."),
    "unknown_feed": _("The name is of no feed that is known here."),
    "unknown_version": _("The version of the manifest is unknown."),
    "unreadable_file": _("The file cannot be read."),
    "unreadable_manifest": _("The manifest cannot be read."),
    "manifest_differs_from_name": _("The name is not that of the manifest."),
}
KEY_CLASSES = {
    KeyStanding.Class.AGREES: pgettext_lazy("both sides", "Agree"),
    KeyStanding.Class.REJECTED: pgettext_lazy("both sides", "Rejected there"),
    KeyStanding.Class.MISSING_THERE: pgettext_lazy("both sides", "Not there"),
    KeyStanding.Class.UNKNOWN_HERE: pgettext_lazy("both sides", "Not here"),
    KeyStanding.Class.AMOUNT_DIFFERS: pgettext_lazy("both sides", "Points differ"),
    KeyStanding.Class.ANSWERED_TWICE: pgettext_lazy("both sides", "Answered in two ways"),
}
# As ``points.queries.COUNTS`` names them.
AWARDS = {
    "awards": pgettext_lazy("awards", "Awards"),
    "award_points": pgettext_lazy("awards", "Points of all awards"),
    "pending": pgettext_lazy("awards", "Not credited yet"),
    "credited": pgettext_lazy("awards", "Credited"),
    "credited_points": pgettext_lazy("awards", "Points credited"),
    "forfeited": pgettext_lazy("awards", "Forfeited"),
    "forfeited_points": pgettext_lazy("awards", "Points forfeited"),
    "released_points": pgettext_lazy("awards", "Points released by lower totals"),
    "expired_points": pgettext_lazy("awards", "Points expired"),
}


def word_of_feed(name: str) -> "StrPromise | str":
    """Return the name of a feed in words; an unknown one as the file names it."""
    return FEEDS.get(name, name)


def word_of_row_reason(code: str) -> "StrPromise | str":
    """Return why a row waits in quarantine."""
    return ROW_REASONS.get(code, code)


def word_of_refused_file(code: str) -> "StrPromise | str":
    """Return why a whole file was refused."""
    return FILE_REASONS.get(code, code)
