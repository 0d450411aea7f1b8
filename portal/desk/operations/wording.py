"""Pieces of sentences that the steps share: instants, people, points, the words of a refusal."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from bookings.quarantine import count_open_rows
from core.errors import Refusal
from core.models import Approval, AuditRecord
from entries.feeds import FEEDS
from portal.desk.operations.words import word_of_feed
from portal.formats import grouped, minute_in_words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def instant(at: datetime | None) -> str:
    """Format an instant in Japan's time to the minute; a dash where there is none."""
    return minute_in_words(localtime(at)) if at else "–"


def points(number: int) -> str:
    """Format points."""
    return _("%(number)s points") % {"number": grouped(number)}


def refusal_of(check: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    """Return the sentence with which a check refuses; empty where it does not."""
    try:
        check(*arguments, **named)
    except Refusal as refusal:
        return str(refusal)
    return ""


def at_by(at: datetime | None, name: str | None) -> str:
    """Format when something was done, and by whom where that is known."""
    if not name:
        return instant(at)
    return _("%(instant)s, by %(name)s") % {"instant": instant(at), "name": name}


def recorded(record: AuditRecord | None) -> str:
    """Format when a step was recorded last, and by whom."""
    if record is None:
        return "–"
    return at_by(record.at, record.name or record.os_user)


def warn_of_waiting_rows() -> list[str]:
    """Return a sentence for each feed that has rows in quarantine."""
    return [
        _("%(feed)s: %(count)s rows wait in quarantine and do not count.")
        % {"feed": word_of_feed(feed), "count": grouped(count)}
        for feed, count in count_open_rows(FEEDS)
    ]


def requested(approval: Approval | None, nothing: "StrPromise | str") -> str:
    """Return the sentence after a request; ``nothing`` where there was nothing to request."""
    if approval is None:
        return str(nothing)
    return _("Approval is requested; approvers see it on their page. Until then nothing changes.")
