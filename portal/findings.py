"""What is due, late, waiting or broken now: one list, for the page Today, ``status`` and metrics.

The number of queries does not grow with campaigns, and none reads what a crowd wrote.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bookings import expectations
from bookings.models import FeedFile, QuarantinedRow
from campaign.models import AggregationRun
from campaign.reports import NIGHTLY_FROM_HOUR
from core import approvals, heartbeats, staff_access
from core.clock import JAPAN
from core.models import Approval, Heartbeat
from lottery import bundle
from lottery.models import Draw
from lottery.queries import subject_of
from lottery.stages import DrawStage, stage_of
from points.models import Payout
from points.queries import PREPARE
from portal import formats, names
from portal.announcement import name_of
from portal.progress import Progress, find_progress

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RUN_STALLED_AFTER = HOUR / 2
QUARANTINE_OLD_AFTER = DAY
REFUSAL_SHOWN = 30 * DAY  # one that no later file of its name ended
PUBLISH_BY_NEAR, PUBLISH_BY_NOW = 3 * DAY, DAY
FREEZE_BEFORE, PREPARE_BEFORE = 21 * DAY, 12 * DAY  # the crediting
MAX_APPROVALS = 50


class Urgency(IntEnum):
    """How soon somebody has to act; a ``NOTE`` is only to be known."""

    NOW = 0
    TODAY = 1
    WAITING = 2
    NOTE = 3


@dataclass(frozen=True)
class Place:
    """The page where a finding is answered, and the permission to open it."""

    page: str
    permission: str


FEEDS = Place("desk:feeds", "bookings.view_feedfile")
QUARANTINE = Place("desk:quarantine", "bookings.view_quarantinedrow")
OPERATIONS = Place("desk:operations", bundle.PERMISSION)
STEPS = Place("desk:steps", bundle.PERMISSION)  # of a campaign
KEYS = Place("desk:keys", bundle.PERMISSION)  # of a campaign
APPROVAL = Place("desk:approval", "core.view_approval")
AUDIT = Place("desk:audit", "core.view_auditrecord")
PLACES = {
    "feed_late": FEEDS,
    "feed_refused": FEEDS,
    "night_missed": STEPS,
    "run_stalled": STEPS,
    "quarantine_old": QUARANTINE,
    "approval_waiting": APPROVAL,
    "freeze_due": STEPS,
    "publish_by_near": STEPS,
    "publish_by_missed": STEPS,
    "round_due": STEPS,
    "confirmation_due": STEPS,
    "payout_to_prepare": STEPS,
    "payout_not_approved": STEPS,
    "payout_stalled": STEPS,
    "keys_open": KEYS,
    "approver_restored": AUDIT,
    "worker_silent": OPERATIONS,
    "beat_silent": OPERATIONS,
}


@dataclass(frozen=True)
class Finding:
    """One thing that somebody has to know or to do; ``what`` is a sentence that names no member."""

    code: str
    urgency: Urgency
    since: datetime
    what: str
    of: str | int = ""  # the campaign's code or the approval's number, where its page is of one

    @property
    def place(self) -> Place:
        """Where it is answered."""
        return PLACES[self.code]

    @property
    def address(self) -> str:
        """The address of that page."""
        return reverse(self.place.page, args=[self.of] if self.of else [])

    @property
    def runbook(self) -> str:
        """The name of the page that says what to do, beside those of docs."""
        return f"runbooks/{self.code}.md"

    @property
    def needs_action(self) -> bool:
        """Whether somebody has to act."""
        return self.urgency != Urgency.NOTE


def list_findings(*, now: datetime, progress: list[Progress] | None = None) -> list[Finding]:
    """Return what is due, late, waiting or broken, the most urgent first, then the oldest.

    Sentences are in the active language. Args: ``progress``: that of all published campaigns,
    where the caller has it.
    """
    campaigns = find_progress() if progress is None else progress
    kept = [one for one in campaigns if one.is_kept(now=now)]
    requests = open_requests()
    found = [
        *feed_findings(kept, now=now),
        *run_findings(kept, now=now),
        *quarantine_findings(now=now),
        *approval_findings(requests, campaigns),
        *draw_findings(kept, requests, now=now),
        *payout_findings(kept, requests, now=now),
        *staff_findings(now=now),
        *silence_findings(kept, now=now),
    ]
    return sorted(found, key=lambda finding: (finding.urgency, finding.since))


def count_findings(*, now: datetime) -> dict[str, int]:
    """Return how many findings of each code there are, 0 included."""
    counts = Counter(finding.code for finding in list_findings(now=now))
    return {code: counts[code] for code in PLACES}


def watched_from(campaigns: list[Progress], *, now: datetime) -> datetime | None:
    """Return from when upstream's files are expected; None while no campaign needs any."""
    under_way = (
        one.started_at
        for one in campaigns
        if one.started_at <= now < one.terms.credit_at and not one.is_paid
    )
    return min(under_way, default=None)


def feed_findings(campaigns: list[Progress], *, now: datetime) -> Iterator[Finding]:
    """Yield the feeds that are late, and the files that were refused and never replaced."""
    begun = watched_from(campaigns, now=now)
    if begun is not None:
        yield from late_feeds(begun, now=now)
    files = FeedFile.objects.filter(
        ~Exists(replacements()), status="refused", tried_at__gt=now - REFUSAL_SHOWN
    )
    refused = files.aggregate(number=Count("id"), since=Min("tried_at"))
    if refused["number"]:
        what = ngettext(
            "%(count)s feed file was refused and has not been delivered again.",
            "%(count)s feed files were refused and have not been delivered again.",
            refused["number"],
        )
        values = {"count": formats.grouped(refused["number"])}
        yield Finding("feed_refused", Urgency.TODAY, refused["since"], what % values)


def late_feeds(begun: datetime, *, now: datetime) -> Iterator[Finding]:
    """Yield the feeds whose file has not come by its hour."""
    arrived = expectations.find_arrivals()
    for expected in expectations.find_expectations():
        at = arrived.get(expected.feed)
        since = expectations.late_since(expected, arrived_at=at, watched_from=begun, now=now)
        if since is None:
            continue
        what = _("The feed %(feed)s has not come: expected by %(due)s, the last came: %(last)s.")
        values = {
            "feed": names.feed_name(expected.feed),
            "due": minute(since),
            "last": minute(at) if at else _("none yet"),
        }
        yield Finding("feed_late", Urgency.NOW, since, what % values)


def replacements() -> QuerySet[FeedFile]:
    """Return the files that were loaded under the name of a refused one, then or later."""
    return FeedFile.objects.filter(
        status="loaded", name=OuterRef("name"), tried_at__gte=OuterRef("tried_at")
    )


def run_findings(campaigns: list[Progress], *, now: datetime) -> Iterator[Finding]:
    """Yield the nights without totals, and the runs that make no progress."""
    for one in campaigns:
        if missed := one.nights_missed(now=now):
            nights, first = missed
            since = datetime.combine(first, time(NIGHTLY_FROM_HOUR, tzinfo=JAPAN))
            what = ngettext(
                "%(campaign)s: no totals for %(count)s night, since %(since)s.",
                "%(campaign)s: no totals for %(count)s nights, since %(since)s.",
                nights,
            )
            values = {"campaign": name_of(one.terms), "count": nights, "since": minute(since)}
            yield Finding("night_missed", Urgency.NOW, since, what % values, of=one.code)
    stalled = AggregationRun.objects.filter(
        finished_at__isnull=True, as_of__lte=now - RUN_STALLED_AFTER
    )
    for run in stalled.select_related("campaign", "terms").order_by("id"):
        what = _("%(campaign)s: the run of totals that began on %(since)s is not finished.")
        values = {"campaign": name_of(run.terms), "since": minute(run.as_of)}
        yield Finding("run_stalled", Urgency.NOW, run.as_of, what % values, of=run.campaign.code)


def quarantine_findings(*, now: datetime) -> Iterator[Finding]:
    """Yield the rows that have waited in quarantine for a day."""
    rows = QuarantinedRow.objects.filter(
        status=QuarantinedRow.Status.OPEN, file__tried_at__lte=now - QUARANTINE_OLD_AFTER
    )
    old = rows.aggregate(number=Count("id"), since=Min("file__tried_at"))
    if old["number"]:
        what = ngettext(
            "%(count)s row could not be taken in and has waited for more than a day.",
            "%(count)s rows could not be taken in and have waited for more than a day.",
            old["number"],
        )
        values = {"count": formats.grouped(old["number"])}
        yield Finding("quarantine_old", Urgency.TODAY, old["since"], what % values)


def open_requests() -> list[Approval]:
    """Return the oldest requests that wait for a second person."""
    requests = Approval.objects.filter(state=Approval.State.OPEN).order_by("id")
    return list(requests.defer("content")[:MAX_APPROVALS])


def subject_in_words(subject: str, names: Mapping[str, str]) -> str:
    """Return what a request is about: a campaign by its name, an erasure by its number."""
    first, _slash, number = subject.partition("/")
    if first == "case":
        return pgettext("desk", "the erasure no. %(number)s") % {"number": number}
    return names.get(first, subject)


def approval_findings(requests: list[Approval], campaigns: list[Progress]) -> Iterator[Finding]:
    """Yield the requests that wait for a second person."""
    named = {one.code: name_of(one.terms) for one in campaigns}
    for request in requests:
        what = _("%(name)s asks for an approval: %(action)s, %(subject)s.")
        values = {
            "name": request.requested_by_name,
            "action": approvals.name_of_action(request.action),
            "subject": subject_in_words(request.subject, named),
        }
        yield Finding(
            "approval_waiting",
            Urgency.WAITING,
            request.requested_at,
            what % values,
            of=request.pk,
        )


def is_requested(requests: list[Approval], action: str, draw: Draw) -> bool:
    """Return whether a draw waits for the approval of an action."""
    subject = subject_of(draw)
    return any(one.action == action and one.subject == subject for one in requests)


def draw_findings(
    campaigns: list[Progress], requests: list[Approval], *, now: datetime
) -> Iterator[Finding]:
    """Yield the steps of draws that are due."""
    for one in campaigns:
        values = {"campaign": name_of(one.terms)}
        if one.draw is None:
            if (since := freeze_due_since(one)) <= now:
                what = _("%(campaign)s: the list of entrants is not fixed yet.") % values
                yield Finding("freeze_due", Urgency.TODAY, since, what, of=one.code)
            continue
        one.draw.campaign = one.campaign
        stage, draw = stage_of(one.draw, now=now), one.draw
        if stage == DrawStage.FROZEN and now >= draw.publish_by - PUBLISH_BY_NEAR:
            is_near = now >= draw.publish_by - PUBLISH_BY_NOW
            what = _("%(campaign)s: the list of entrants must be published by %(by)s.")
            what %= values | {"by": minute(draw.publish_by)}
            urgency = Urgency.NOW if is_near else Urgency.TODAY
            yield Finding("publish_by_near", urgency, draw.frozen_at, what, of=one.code)
        elif stage == DrawStage.MISSED:
            what = _("%(campaign)s: the list of entrants was not published in time; void the draw.")
            yield Finding(
                "publish_by_missed",
                Urgency.NOW,
                draw.publish_by,
                what % values,
                of=one.code,
            )
        elif stage == DrawStage.DRAWING and draw.state == Draw.State.PUBLISHED:
            what = _("%(campaign)s: the draw can be run: its public random number is there.")
            yield Finding("round_due", Urgency.TODAY, draw.round_time, what % values, of=one.code)
        elif draw.state == Draw.State.DRAWN and not is_requested(requests, "draw.confirm", draw):
            what = _("%(campaign)s: the result of the draw is not confirmed.") % values
            yield Finding(
                "confirmation_due", Urgency.TODAY, draw.drawn_at or now, what, of=one.code
            )


def freeze_due_since(one: Progress) -> datetime:
    """Return from when the list of entrants should be fixed, where it is not."""
    ridden = max(last for _first, last in one.terms.periods) + DAY
    ended = datetime.combine(ridden, time(tzinfo=JAPAN))
    return max(one.terms.closes_at, ended, one.terms.credit_at - FREEZE_BEFORE)


def payout_findings(
    campaigns: list[Progress], requests: list[Approval], *, now: datetime
) -> Iterator[Finding]:
    """Yield what is due of payouts."""
    for one in campaigns:
        if one.draw is None or not one.is_confirmed:
            continue
        if one.payout is None:
            yield from missing_payout(one, one.draw, requests, now=now)
        elif since := one.stalled_since(now=now):
            what = _("%(campaign)s: the crediting has stalled.") % {"campaign": name_of(one.terms)}
            yield Finding("payout_stalled", Urgency.NOW, since, what, of=one.code)
        else:
            yield from open_keys(one, one.payout)


def open_keys(one: Progress, payout: Payout) -> Iterator[Finding]:
    """Yield that a payout was answered by the points system and is not closed.

    Which keys are open is not counted here: that reads every credit and every answer.
    """
    if payout.closed_at is None and vars(payout)["result_count"]:
        what = _(
            "%(campaign)s: the credits are not settled with the points system: see which are open, "
            "then close the payout."
        ) % {"campaign": name_of(one.terms)}
        since = payout.ended_at or payout.approved_at
        yield Finding("keys_open", Urgency.TODAY, since, what, of=one.code)


def missing_payout(
    one: Progress, draw: Draw, requests: list[Approval], *, now: datetime
) -> Iterator[Finding]:
    """Yield that a payout is due and not approved, or is to be prepared."""
    values = {"campaign": name_of(one.terms), "at": minute(one.terms.credit_at)}
    if now >= one.terms.credit_at:
        what = _("%(campaign)s: the crediting was due on %(at)s and is not approved.") % values
        yield Finding("payout_not_approved", Urgency.NOW, one.terms.credit_at, what, of=one.code)
    elif now >= prepare_from(one) and not is_requested(requests, PREPARE, draw):
        what = _("%(campaign)s: the crediting of %(at)s is to be prepared.") % values
        yield Finding("payout_to_prepare", Urgency.TODAY, prepare_from(one), what, of=one.code)


def prepare_from(one: Progress) -> datetime:
    """Return from when the payout should be prepared."""
    return one.terms.credit_at - PREPARE_BEFORE


def staff_findings(*, now: datetime) -> Iterator[Finding]:
    """Yield the approvers who were given access again without an approval."""
    for one in staff_access.restorations(now=now):
        what = _(
            "The user %(os_user)s on the machine %(host)s gave the approver %(name)s access again; "
            "nobody approved it. Ask %(name)s whether they have the new password."
        )
        values = {"os_user": one.os_user, "host": one.host, "name": one.subject}
        yield Finding("approver_restored", Urgency.NOTE, one.at, what % values)


def silence_findings(campaigns: list[Progress], *, now: datetime) -> Iterator[Finding]:
    """Yield what should be at work for a campaign and is silent, by the database's own clock."""
    begun = watched_from(campaigns, now=now)
    for kind, silence in heartbeats.find_silent().items() if begun else []:
        code, what = {
            Heartbeat.Kind.WORKER: (
                "worker_silent",
                _("No worker is at work: nothing is loaded or computed."),
            ),
            Heartbeat.Kind.BEAT: (
                "beat_silent",
                _("Beat is not at work: nothing is started by itself."),
            ),
        }[kind]
        since = max(begun, now - silence) if begun and silence else begun or now
        yield Finding(code, Urgency.NOW, since, what)


def minute(instant: datetime) -> str:
    """Format an instant to the minute, in Japan's time."""
    return formats.minute_in_words(localtime(instant))
