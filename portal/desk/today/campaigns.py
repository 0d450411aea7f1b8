"""The published campaigns as the page shows them: entries, totals, forecast, reasons, calendar."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from campaign import reason_counts
from campaign.models import ReasonCount
from campaign.rules import waiting_rules
from core.clock import JAPAN
from entries.enumerations import Channel
from lottery.models import StoredForecast
from portal import announcement, formats, names, reasons
from portal.desk.plots import Band, Columns, plot_band, plot_columns
from portal.desk.today.entries import EntryCounts, count_entries
from portal.findings import freeze_due_since, prepare_from
from portal.progress import Progress
from portal.states import ShownState

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MAX_SHOWN = 3  # with plots; the others by name and state
MAX_DAYS = 62
TOP_REASONS = 5
DAY = timedelta(days=1)
NOT_REASONS = ("pending", "counts")
JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True)
class Share:
    """A channel's part of the entries."""

    name: "StrPromise"
    entries: int
    percent: int


@dataclass(frozen=True)
class Reason:
    """A reason in words, how many bookings it rejects, and their part of the most frequent's."""

    code: str
    sentence: str
    bookings: int
    yen: int
    percent: int


@dataclass(frozen=True)
class Step:
    """A date of the calendar; ``is_plan``: no date of the terms or of a draw, but about when."""

    name: "StrPromise"
    at: datetime
    is_done: bool
    is_next: bool = False
    is_plan: bool = False


@dataclass(frozen=True)
class Campaign:
    """A campaign on the page."""

    progress: Progress
    name: str
    state_name: "StrPromise"
    days_left: int | None  # until entries close; None where they are not open
    steps: list[Step]
    figures: "Figures | None" = None

    @property
    def code(self) -> str:
        """Its code."""
        return self.progress.code


@dataclass(frozen=True)
class Figures:
    """The numbers and plots of a campaign that is under way."""

    entries: EntryCounts | None
    yesterday: int
    shares: list[Share]
    days: Columns | None
    hours: Columns | None
    counting: ReasonCount | None
    pending: ReasonCount | None
    reasons: list[Reason]
    forecast: StoredForecast | None
    budget: Band | None
    used_percent: float
    chance_percent: float


def show_campaigns(progress: list[Progress], *, now: datetime) -> list[Campaign]:
    """Return the published campaigns, those under way first, with figures for a few of them."""
    kept = [one for one in progress if one.is_kept(now=now)]
    ordered = sorted(kept, key=is_over)
    shown = [one for one in ordered if not is_over(one)][:MAX_SHOWN]
    prefetch_related_objects([one.terms for one in ordered], "prizes")
    entries = count_entries(one.campaign for one in shown if one.terms.entry_needed)
    counts = reason_counts.counts_of([one.run for one in shown if one.run])
    forecasts = find_forecasts(shown)
    return [
        Campaign(
            progress=one,
            name=announcement.name_of(one.terms),
            state_name=state_name(one, now=now),
            days_left=days_left(one, now=now),
            steps=calendar(one, now=now),
            figures=figures(
                one,
                entries.get(one.campaign.pk),
                counts.get(one.run.pk, {}) if one.run else {},
                forecasts.get(one.campaign.pk, []),
                now=now,
            )
            if one in shown
            else None,
        )
        for one in ordered
    ]


def is_over(one: Progress) -> bool:
    """Return whether everything of a campaign is done."""
    return one.payout is not None and one.payout.closed_at is not None


def state_name(one: Progress, *, now: datetime) -> "StrPromise":
    """Return the name of the state that members see."""
    has_draw = not announcement.gives_to_all(one.terms)
    state = one.state(now=now)
    return names.state_name(state, has_entries=one.terms.entry_needed, has_draw=has_draw)


def days_left(one: Progress, *, now: datetime) -> int | None:
    """Return how many days are left to enter, today not counted; None while nobody can."""
    if one.state(now=now) != ShownState.OPEN:
        return None
    last = (one.terms.closes_at - JUST_BEFORE).astimezone(JAPAN).date()
    return (last - now.astimezone(JAPAN).date()).days


def find_forecasts(shown: list[Progress]) -> dict[int, list[StoredForecast]]:
    """Return the stored forecasts of campaigns by campaign, the oldest first; one query."""
    stored = StoredForecast.objects.filter(run__campaign__in=[one.campaign.pk for one in shown])
    found: dict[int, list[StoredForecast]] = {}
    for one in stored.select_related("run").order_by("run__as_of", "id"):
        found.setdefault(one.run.campaign_id, []).append(one)
    return found


def figures(
    one: Progress,
    entries: EntryCounts | None,
    counts: dict[str, ReasonCount],
    forecasts: list[StoredForecast],
    *,
    now: datetime,
) -> Figures:
    """Return the numbers and plots of a campaign."""
    today = now.astimezone(JAPAN).date()
    by_day = entries.by_day() if entries else {}
    last = forecasts[-1] if forecasts else None
    return Figures(
        entries=entries,
        yesterday=by_day.get(today - DAY, 0),
        shares=shares(entries) if entries else [],
        days=plot_days(one, entries, today) if entries else None,
        hours=plot_hours(entries, today) if entries and by_day.get(today) else None,
        counting=counts.get("counts"),
        pending=counts.get("pending"),
        reasons=top_reasons(one, counts),
        forecast=last,
        budget=plot_budget(forecasts) if forecasts else None,
        used_percent=last.forecast().used_percent[1] if last else 0,
        chance_percent=last.forecast().chance_percent[1] if last else 0,
    )


def shares(entries: EntryCounts) -> list[Share]:
    """Return each channel's part of the entries, the largest first."""
    total = entries.total or 1
    return [
        Share(Channel(channel).label, number, round(100 * number / total))
        for channel, number in entries.by_channel.most_common()
    ]


def short_day(day: date) -> str:
    """Format a day for an axis."""
    return f"{day.month}/{day.day}"


def plot_days(one: Progress, entries: EntryCounts, today: date) -> Columns:
    """Return the entries of each day of the entry period, today marked."""
    first = one.terms.opens_at.astimezone(JAPAN).date()
    last = (one.terms.closes_at - JUST_BEFORE).astimezone(JAPAN).date()
    first = max(first, min(last, max(today, first)) - DAY * (MAX_DAYS - 1))
    last = min(last, first + DAY * (MAX_DAYS - 1))
    days = [first + DAY * number for number in range((last - first).days + 1)]
    by_day = entries.by_day()
    return plot_columns(
        title=_("Entries by day"),
        summary=_("%(first)s to %(last)s; the triangle marks today.")
        % {"first": formats.bare_day_in_words(first), "last": formats.bare_day_in_words(last)},
        head=(pgettext("plot", "day"), pgettext("plot", "entries")),
        labels=[short_day(day) for day in days],
        values=[by_day[day] for day in days],
        marked=days.index(today) if today in days else None,
    )


def plot_hours(entries: EntryCounts, today: date) -> Columns:
    """Return the entries of each hour of today."""
    return plot_columns(
        title=_("Entries today, by hour"),
        summary=formats.bare_day_in_words(today),
        head=(pgettext("plot", "hour"), pgettext("plot", "entries")),
        labels=[pgettext("hour of an axis", "%(hour)s:00") % {"hour": hour} for hour in range(24)],
        values=entries.on(today),
    )


def plot_budget(forecasts: list[StoredForecast]) -> Band:
    """Return the forecast use of the budget, by the last forecast of each day."""
    days = {one.run.as_of.astimezone(JAPAN).date(): one for one in forecasts}
    budget = forecasts[-1].budget_points
    return plot_band(
        title=_("Forecast: points given back"),
        summary=_(
            "The band is from P10 to P90, the line in it P50; the broken line is the budget."
        ),
        head=(
            pgettext("plot", "day"),
            pgettext("plot", "P10"),
            pgettext("plot", "P50"),
            pgettext("plot", "P90"),
        ),
        labels=[short_day(day) for day in days],
        spreads=[(one.used_p10, one.used_p50, one.used_p90) for one in days.values()],
        limit=budget,
        limit_text=_("Budget %(points)s points") % {"points": formats.large_in_words(budget)},
    )


def top_reasons(one: Progress, counts: dict[str, ReasonCount]) -> list[Reason]:
    """Return the reasons that reject most bookings, in words; none for which a booking waits."""
    waits = {*NOT_REASONS, *(rule.code for rule in waiting_rules(one.terms))}
    rejected = [count for code, count in counts.items() if code not in waits and count.bookings]
    rejected.sort(key=lambda count: (-count.bookings, count.code))
    most = rejected[0].bookings if rejected else 1
    sentences = reasons.booking_sentences(one.terms) if rejected else {}
    return [
        Reason(
            code=count.code,
            sentence=sentences.get(count.code, count.code),
            bookings=count.bookings,
            yen=count.yen,
            percent=round(100 * count.bookings / most),
        )
        for count in rejected[:TOP_REASONS]
    ]


OPENS, CLOSES = (
    pgettext_lazy("calendar", "Entries open"),
    pgettext_lazy("calendar", "Entries close"),
)
LAST_RIDE = pgettext_lazy("calendar", "Last day of travel")
LIST_FIXED = pgettext_lazy("calendar", "List of entrants fixed")
DRAWN = pgettext_lazy("calendar", "Draw")
PREPARED = pgettext_lazy("calendar", "Crediting prepared")
CREDITED = pgettext_lazy("calendar", "Crediting")
EXPIRES = pgettext_lazy("calendar", "Points expire")
KEPT = pgettext_lazy("calendar", "Data kept until")


def calendar(one: Progress, *, now: datetime) -> list[Step]:
    """Return the dates of a campaign in their order; the first that is not done is the next."""
    terms, draw = one.terms, one.draw
    last_ride = max(last for _first, last in terms.periods)
    last_entry = terms.closes_at - JUST_BEFORE
    entering = [(OPENS, terms.opens_at), (CLOSES, last_entry)] if terms.entry_needed else []
    dated: list[Any] = [
        *((name, at, at <= now, False) for name, at in entering),
        (LAST_RIDE, end_of(last_ride), end_of(last_ride) <= now, False),
        (LIST_FIXED, draw.frozen_at if draw else freeze_due_since(one), bool(draw), not draw),
        *([(DRAWN, draw.round_time, one.is_confirmed, False)] if draw else []),
        (
            PREPARED,
            one.payout.approved_at if one.payout else prepare_from(one),
            bool(one.payout),
            not one.payout,
        ),
        (CREDITED, terms.credit_at, one.is_paid, False),
        (EXPIRES, end_of(terms.expires_on), end_of(terms.expires_on) <= now, False),
        (KEPT, end_of(terms.kept_until), False, False),
    ]
    dated.sort(key=lambda step: step[1])
    following = next(place for place, step in enumerate(dated) if not step[2])
    return [
        Step(name=name, at=at, is_done=is_done, is_next=place == following, is_plan=is_plan)
        for place, (name, at, is_done, is_plan) in enumerate(dated)
    ]


def end_of(day: date) -> datetime:
    """Return the last second of a day of Japan."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=JAPAN)
