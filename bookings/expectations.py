"""When the file of each feed is expected, and which is late.

An expected file is loaded by a certain hour of Japan's day, within the 24 hours before it. A file
whose content was loaded before (an empty one, say) came as well: the inbox knows it by its name.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Value
from django.db.models.functions import StrIndex, Substr

from bookings.models import FeedExpectation, FeedFile, InboxFile
from core import approvals, audit
from core.audit import Actor
from core.clock import JAPAN
from core.errors import Refusal

MAY_CHANGE = "bookings.change_feedexpectation"
DAY = timedelta(days=1)
Status = FeedFile.Status


class UnknownFeed(Refusal):
    """No file of this feed is expected at any time."""


def find_expectations() -> list[FeedExpectation]:
    """Return when each feed is expected, by its name."""
    return list(FeedExpectation.objects.order_by("feed"))


@transaction.atomic
def change_expectation(
    *, feed: str, by_hour: int, days_without: Sequence[int], at: datetime, actor: Actor | None
) -> FeedExpectation:
    """Change when a feed is expected; the audit records it, where something changes.

    Args: ``by_hour`` is 0 to 23, in Japan; ``days_without`` are weekdays, 1 for Monday.

    Raises:
        NotPermitted: the person may not change it.
        UnknownFeed: it has no expectation.
    """
    approvals.require_actor(actor, MAY_CHANGE)
    expected = FeedExpectation.objects.select_for_update().filter(feed=feed).first()
    if expected is None:
        raise UnknownFeed(feed)
    before = {"by_hour": expected.by_hour, "days_without": expected.days_without}
    after = {"by_hour": by_hour, "days_without": sorted({*days_without})}
    if after != before:
        FeedExpectation.objects.filter(feed=feed).update(**after)
        expected.by_hour, expected.days_without = by_hour, sorted({*days_without})
        audit.record(
            actor=actor,
            action="feed.expectation_changed",
            subject=feed,
            at=at,
            detail={"before": before, **after},
        )
    return expected


def find_arrivals() -> dict[str, datetime]:
    """Return when a file of each feed was last accepted; two queries."""
    arrived: dict[str, datetime] = {}
    loaded = FeedFile.objects.filter(status=Status.LOADED).values_list("feed")
    refused = FeedFile.objects.filter(
        status=Status.REFUSED, name=OuterRef("name"), tried_at=OuterRef("tried_at")
    )
    named = InboxFile.objects.filter(~Exists(refused), name__contains="-").annotate(
        of_feed=Substr("name", 1, StrIndex(F("name"), Value("-")) - 1)
    )
    for rows in (loaded, named.values_list("of_feed")):
        for feed, last in rows.annotate(last=Max("tried_at")).order_by():
            arrived[feed] = max(arrived.get(feed, last), last)
    return arrived


def late_since(
    expected: FeedExpectation, *, arrived_at: datetime | None, watched_from: datetime, now: datetime
) -> datetime | None:
    """Return since when a feed is late; None where it is not.

    Args: ``arrived_at``: when its last file was accepted; ``watched_from``: from when files are
        expected at all.
    """
    covered = arrived_at + DAY if arrived_at else watched_from
    due = next_due(expected, max(covered, watched_from))
    return due if due is not None and due <= now else None


def next_due(expected: FeedExpectation, instant: datetime) -> datetime | None:
    """Return the first instant, this one or later, by which a file is expected; None: never."""
    first = instant.astimezone(JAPAN).date()
    days = (first + DAY * number for number in range(9))
    hour = time(expected.by_hour, tzinfo=JAPAN)
    instants = (
        datetime.combine(day, hour) for day in days if day.isoweekday() not in expected.days_without
    )
    return next((due for due in instants if due >= instant), None)
