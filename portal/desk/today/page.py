"""What the page shows: to-dos by urgency, what is fine, the feeds, and the campaigns."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from bookings import expectations
from bookings.models import FeedExpectation
from bookings.quarantine import open_rows
from core import approvals
from core.models import Approval, User
from portal import announcement, formats, listing, names
from portal.desk.today.campaigns import show_campaigns
from portal.findings import (
    Finding,
    Urgency,
    list_findings,
    prepare_from,
    subject_in_words,
    watched_from,
)
from portal.progress import Progress, find_progress

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MAX_REFUSALS = 10
# A sign and a word, so that nobody needs the colour.
URGENCIES = {
    Urgency.NOW: ("●", pgettext_lazy("urgency", "Urgent")),
    Urgency.TODAY: ("●", pgettext_lazy("urgency", "Today")),
    Urgency.WAITING: ("○", pgettext_lazy("urgency", "Requested")),
    Urgency.NOTE: ("・", pgettext_lazy("urgency", "For your information")),
}


@dataclass(frozen=True)
class Task:
    """A finding as the page shows it; ``address`` is empty where the user may not open the page."""

    sign: str
    urgency: "StrPromise"
    level: str
    what: str
    since: datetime
    address: str


@dataclass(frozen=True)
class Feed:
    """A feed: when it is expected, and when it came."""

    name: "StrPromise | str"
    expected: FeedExpectation
    days_without: str
    arrived_at: datetime | None
    is_late: bool


def today_context(user: User, *, now: datetime) -> dict[str, Any]:
    """Return the context of the page; the number of queries does not grow with what is stored."""
    progress = find_progress()
    findings = list_findings(now=now, progress=progress)
    kept = [one for one in progress if one.is_kept(now=now)]
    feeds = show_feeds(kept, now=now)
    campaigns = show_campaigns(progress, now=now)
    return {
        "tasks": [show_task(finding, user) for finding in findings],
        "refusals": find_refusals(user, progress, now=now),
        "fine": list_fine(findings, kept, feeds, now=now),
        "feeds": feeds,
        "may_change_feeds": user.has_perm(expectations.MAY_CHANGE),
        "campaigns": [one for one in campaigns if one.figures],
        "others": [one for one in campaigns if not one.figures],
        "now": localtime(now),
    }


def show_task(finding: Finding, user: User) -> Task:
    """Return a finding as a user sees it."""
    sign, word = URGENCIES[finding.urgency]
    return Task(
        sign=sign,
        urgency=word,
        level=finding.urgency.name.lower(),
        what=finding.what,
        since=finding.since,
        address=finding.address if user.has_perm(finding.place.permission) else "",
    )


def find_refusals(
    user: User, progress: list[Progress], *, now: datetime
) -> list[tuple[str, str, Approval]]:
    """Return the user's own requests that were refused lately, the last first.

    Before each: what was to be done, and about what, in words.
    """
    refused = approvals.recent_refusals(user, now=now).defer("content")[:MAX_REFUSALS]
    named = {one.code: announcement.name_of(one.terms) for one in progress}
    return [
        (approvals.name_of_action(one.action), subject_in_words(one.subject, named), one)
        for one in refused
    ]


def show_feeds(kept: list[Progress], *, now: datetime) -> list[Feed]:
    """Return when each feed is expected, and when it last came."""
    begun, arrived = watched_from(kept, now=now), expectations.find_arrivals()
    return [
        Feed(
            name=names.feed_name(expected.feed),
            expected=expected,
            days_without=listing.join_names(names.WEEKDAYS[day] for day in expected.days_without),
            arrived_at=arrived.get(expected.feed),
            is_late=begun is not None
            and expectations.late_since(
                expected, arrived_at=arrived.get(expected.feed), watched_from=begun, now=now
            )
            is not None,
        )
        for expected in expectations.find_expectations()
    ]


def list_fine(
    findings: list[Finding], kept: list[Progress], feeds: list[Feed], *, now: datetime
) -> list[str]:
    """Return what needs nobody, in sentences."""
    codes = {finding.code for finding in findings}
    fine = []
    under_way = watched_from(kept, now=now) is not None
    if under_way and "night_missed" not in codes:
        as_of = max((one.last_as_of for one in kept if one.last_as_of), default=None)
        if as_of:
            fine.append(
                _("Totals of the night: done (%(at)s)")
                % {"at": formats.minute_in_words(localtime(as_of))}
            )
    if under_way:
        arrived = sum(not feed.is_late for feed in feeds)
        fine.append(
            _("Feeds that came: %(count)s of %(all)s") % {"count": arrived, "all": len(feeds)}
        )
    if "quarantine_old" not in codes:
        waiting = open_rows().count()
        fine.append(
            _("Rows that could not be taken in: %(count)s") % {"count": formats.grouped(waiting)}
        )
    fine += [
        _("Crediting of %(campaign)s: not to be prepared before %(day)s")
        % {
            "campaign": announcement.name_of(one.terms),
            "day": formats.bare_day_in_words(localtime(prepare_from(one)).date()),
        }
        for one in kept
        if one.payout is None and one.started_at <= now < prepare_from(one)
    ]
    return fine
