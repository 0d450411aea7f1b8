"""The words for feeds, for why rows wait and files are refused, and for what became of awards."""

from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

from bookings.words import FEEDS, FILE_REASONS, ROW_REASONS
from points.models import KeyStanding

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

KEY_CLASSES = {
    KeyStanding.Class.AGREES: pgettext_lazy("both sides", "Agree"),
    KeyStanding.Class.REJECTED: pgettext_lazy("both sides", "Rejected there"),
    KeyStanding.Class.MISSING_THERE: pgettext_lazy("both sides", "Not there"),
    KeyStanding.Class.UNKNOWN_HERE: pgettext_lazy("both sides", "Not here"),
    KeyStanding.Class.AMOUNT_DIFFERS: pgettext_lazy("both sides", "Points differ"),
    KeyStanding.Class.ANSWERED_TWICE: pgettext_lazy("both sides", "Answered in two ways"),
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
