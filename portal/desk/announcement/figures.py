"""The figures of a campaign for the press and the legal file, as sections of rows.

The page and the file show the same rows. What a draw decided is in them only for who may see it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Sum
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import npgettext, pgettext, pgettext_lazy

from campaign.models import Campaign, Terms
from entries.models import Entry
from lottery.models import Award, Draw
from lottery.queries import draws_of
from points.models import AwardStanding, Payout
from points.queries import find_payout
from portal import formats
from portal.announcement import gives_to_all, name_of, prize_names

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

PERCENT = 100
State = AwardStanding.State
# Why an award was not credited, or not all of it.
REASONS: dict[str, "StrPromise"] = {
    "below_minimum": pgettext_lazy("why not credited", "total below the minimum"),
    "lot_withdrawn": pgettext_lazy("why not credited", "the winning lot no longer counts"),
    "lower_total": pgettext_lazy("why not credited", "lower total"),
    "rejected": pgettext_lazy("why not credited", "not possible in the points system"),
    "reversed": pgettext_lazy("why not credited", "reversed"),
    "withdrawn": pgettext_lazy("why not credited", "left WESTER"),
}


@dataclass(frozen=True)
class Figure:
    """One figure: what it is, the number or text, and its unit; None is not known yet."""

    name: str
    value: int | float | str | None
    unit: str = ""

    @property
    def shown(self) -> str:
        """The value as a page shows it, with its unit."""
        if self.value is None:
            return "–"
        text = f"{self.value:,}" if isinstance(self.value, int | float) else self.value
        if self.unit in ("", "%"):
            return f"{text}{self.unit}"
        words = {"number": text, "unit": self.unit}
        return pgettext("a number and its unit", "%(number)s %(unit)s") % words


@dataclass(frozen=True)
class Section:
    """Some figures under a heading."""

    title: str
    figures: list[Figure]


@dataclass
class Outcome:
    """What became of the awards of a draw, or of one prize of it; whole points."""

    awards: int = 0
    award_points: int = 0
    pending: int = 0
    credited: int = 0
    credited_points: int = 0
    released_points: int = 0
    forfeited: int = 0
    forfeited_points: int = 0
    expired_points: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, row: dict[str, Any]) -> None:
        """Add the awards of one state and reason."""
        self.awards += row["count"]
        self.award_points += row["points"]
        self.credited_points += row["credited"]
        self.released_points += row["released"]
        self.forfeited_points += row["forfeited"]
        self.expired_points += row["expired"]
        if row["state"] == State.CREDITED:
            self.credited += row["count"]
        elif row["state"] == State.FORFEITED:
            self.forfeited += row["count"]
            self.reasons[row["reason"]] += row["count"]
        else:
            self.pending += row["count"]


@dataclass(frozen=True)
class Figures:
    """All that is known of a campaign; ``outcome`` is None where the reader may not see it yet.

    ``prizes`` has the outcome of each prize by its number; ``winners`` and ``credited_members``
    count members, of whom one may have several awards.
    """

    terms: Terms
    entries: int
    channels: dict[str, int]
    draw: Draw | None
    void: list[Draw]
    payout: Payout | None
    to_all: bool
    outcome: Outcome | None = None
    prizes: dict[int, Outcome] = field(default_factory=dict)
    winners: int = 0
    credited_members: int = 0

    @property
    def is_credited(self) -> bool:
        """Whether every award was credited or forfeited."""
        return bool(self.payout and self.payout.ended_at)


def read_figures(terms: Terms, *, with_result: bool) -> Figures:
    """Return the figures of a campaign by its terms in force.

    Args: ``with_result``: whether the reader may see what the standing draw decided; without it,
        only once that is public.
    """
    campaign = terms.campaign
    draws = list(draws_of(campaign).select_related("confirmed_by", "terms"))
    draw = next((one for one in draws if one.state != Draw.State.VOID), None)
    known: dict[str, Any] = {}
    if draw and draw.drawn_at and (draw.confirmed_at or with_result):
        known = read_outcome(draw)
    channels = count_channels(campaign)
    return Figures(
        terms=terms,
        entries=sum(channels.values()),
        channels=channels,
        draw=draw,
        void=[one for one in draws if one.state == Draw.State.VOID],
        payout=find_payout(campaign) if known else None,
        to_all=gives_to_all(terms),
        **known,
    )


def count_channels(campaign: Campaign) -> dict[str, int]:
    """Return the number of entries by the channel that they came through, the most first."""
    rows = Entry.objects.filter(campaign=campaign).values("channel").annotate(count=Count("id"))
    found = {row["channel"]: row["count"] for row in rows}
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def read_outcome(draw: Draw) -> dict[str, Any]:
    """Return what became of the awards of a draw that was run, in all and by prize."""
    outcome = Outcome()
    prizes = {number: Outcome() for number in range(1, len(draw.eligible) + 1)}
    rows: Any = (
        AwardStanding.objects.filter(draw=draw)
        .values("prize", "state", "reason")
        .annotate(
            count=Count("award"),
            points=Sum("award_points"),
            credited=Sum("credited_points"),
            released=Sum("released_points"),
            forfeited=Sum("forfeited_points"),
            expired=Sum("expired_points"),
        )
        .order_by("prize", "state", "reason")
    )
    for row in rows:
        outcome.add(row)
        prizes[row["prize"]].add(row)
    winners, credited = outcome.awards, outcome.credited
    if len(prizes) > 1:  # else each member has one award
        winners = Award.objects.filter(draw=draw).values("entrant").distinct().count()
        members = AwardStanding.objects.filter(draw=draw, state=State.CREDITED)
        credited = members.values("wester_id").distinct().count()
    return {
        "outcome": outcome,
        "prizes": prizes,
        "winners": winners,
        "credited_members": credited,
    }


def sections(figures: Figures) -> list[Section]:
    """Return the figures as the page and the file show them."""
    return [
        Section(pgettext("figures", "Campaign"), list(of_campaign(figures))),
        Section(pgettext("figures", "Participation"), list(of_participation(figures))),
        *([Section(pgettext("figures", "Result"), list(of_result(figures)))]),
        *of_prizes(figures),
        *of_draws(figures),
    ]


def of_campaign(figures: Figures) -> Iterator[Figure]:
    """Yield what the campaign is."""
    terms = figures.terms
    yield Figure(pgettext("figure", "Name"), name_of(terms))
    yield Figure(pgettext("figure", "Code"), terms.campaign.code)
    yield Figure(pgettext("figure", "Version of the terms"), terms.version)
    yield Figure(
        pgettext("figure", "Entry"),
        between(
            formats.moment_in_words(localtime(terms.opens_at)),
            formats.deadline_in_words(localtime(terms.closes_at)),
        ),
    )
    yield Figure(pgettext("figure", "Travel period"), formats.periods_in_words(terms.periods))
    yield points(pgettext("figure", "Budget"), terms.budget_points)


def of_participation(figures: Figures) -> Iterator[Figure]:
    """Yield how many take part."""
    if figures.terms.entry_needed:
        yield members(pgettext("figure", "Entries"), figures.entries)
        for channel, count in figures.channels.items():
            name = pgettext("figure", "of these, %(channel)s") % {"channel": channel_name(channel)}
            yield members(name, count)
    draw = figures.draw
    name = _("Members with points") if figures.to_all else pgettext("figure", "Entrants")
    yield members(name, draw.entry_count if draw else None)
    if draw and draw.lots_total != draw.entry_count:
        yield Figure(pgettext("figure", "Lots"), draw.lots_total)


def of_result(figures: Figures) -> Iterator[Figure]:
    """Yield what the draw decided, and what became of it."""
    found, draw = figures.outcome, figures.draw
    if found is None or draw is None:
        yield Figure(pgettext("figure", "Winners"), _("not confirmed yet"))
        return
    yield members(pgettext("figure", "Winners"), figures.winners)
    if not figures.to_all:
        yield percent(_("Winners of all entrants"), figures.winners, draw.entry_count)
    yield points(_("Points awarded"), found.award_points)
    yield percent(_("Points awarded of the budget"), found.award_points, budget_of(figures))
    yield points(_("Average of a winner"), average(found.award_points, figures.winners))
    if figures.payout is None:
        yield Figure(pgettext("figure", "Crediting"), _("not begun"))
        return
    if found.pending:
        yield awards(_("Awards not credited yet"), found.pending)
    yield members(_("Members credited"), figures.credited_members)
    yield points(_("Points credited"), found.credited_points)
    yield points(
        _("Average of a credited member"), average(found.credited_points, figures.credited_members)
    )
    yield points(_("Points released by lower totals"), found.released_points)
    yield awards(_("Awards forfeited"), found.forfeited)
    for reason, count in sorted(found.reasons.items()):
        words = {"reason": REASONS.get(reason, reason)}
        yield awards(pgettext("figure", "of these, %(reason)s") % words, count)
    yield points(_("Points forfeited"), found.forfeited_points)
    yield points(_("Points expired"), found.expired_points)


def of_prizes(figures: Figures) -> Iterator[Section]:
    """Yield a section for each prize where there are several."""
    if len(figures.prizes) <= 1:
        return
    named = prize_names(figures.draw.terms if figures.draw else figures.terms)
    for number, found in figures.prizes.items():
        title = pgettext("figures", "Prize %(number)s: %(name)s")
        yield Section(
            title % {"number": number, "name": named.get(number, "")},
            [
                members(pgettext("figure", "Winners"), found.awards),
                points(_("Points awarded"), found.award_points),
                points(_("Average of a winner"), average(found.award_points, found.awards)),
                members(_("Members credited"), found.credited),
                points(_("Points credited"), found.credited_points),
                points(_("Points released by lower totals"), found.released_points),
                points(_("Points forfeited"), found.forfeited_points),
                points(_("Points expired"), found.expired_points),
            ],
        )


def of_draws(figures: Figures) -> Iterator[Section]:
    """Yield the section of the draw for the legal file, and those that became void."""
    draw = figures.draw
    if draw:
        title = pgettext("figures", "Draw no. %(number)s") % {"number": draw.sequence}
        yield Section(title, list(of_draw(draw)))
    for one in figures.void:
        title = pgettext("figures", "Draw no. %(number)s (void)") % {"number": one.sequence}
        yield Section(
            title,
            [
                Figure(pgettext("figure", "Void since"), moment(one.voided_at)),
                Figure(pgettext("figure", "Reason"), one.void_reason),
            ],
        )


def of_draw(draw: Draw) -> Iterator[Figure]:
    """Yield when the steps of a draw were taken, and the fingerprint of its list."""
    yield Figure(pgettext("figure", "List fixed"), moment(draw.frozen_at))
    yield Figure(pgettext("figure", "List published"), moment(draw.published_at))
    yield Figure(pgettext("figure", "Time of the public random number"), moment(draw.round_time))
    yield Figure(pgettext("figure", "Draw run"), moment(draw.drawn_at))
    yield Figure(pgettext("figure", "Result confirmed"), moment(draw.confirmed_at))
    if draw.confirmed_by:
        yield Figure(pgettext("figure", "Confirmed by"), draw.confirmed_by.username)
    yield Figure(
        pgettext("figure", "Fingerprint of the list (SHA-256)"), bytes(draw.manifest_sha256).hex()
    )


def budget_of(figures: Figures) -> int:
    """Return the budget under which the draw was run."""
    terms = figures.draw.terms if figures.draw else figures.terms
    return int(terms.budget_points)


def channel_name(channel: str) -> str:
    """Return the name of a channel of entries."""
    names: Iterable[tuple[Any, Any]] = Entry._meta.get_field("channel").flatchoices
    return str(dict(names).get(channel, channel))


def average(total: int, count: int) -> float | None:
    """Return the average to a tenth; None of nothing."""
    return round(total / count, 1) if count else None


def between(first: str | None, last: str) -> str:
    """Return a period in words."""
    return pgettext("a period", "%(first)s to %(last)s") % {"first": first, "last": last}


def moment(instant: datetime | None) -> str | None:
    """Return an instant in words, in Japan's time."""
    return formats.minute_in_words(localtime(instant)) if instant else None


def members(name: str, count: int | None) -> Figure:
    """Return a number of members."""
    return Figure(name, count, npgettext("unit of members", "member", "members", count or 0))


def awards(name: str, count: int | None) -> Figure:
    """Return a number of awards."""
    return Figure(name, count, npgettext("unit of awards", "award", "awards", count or 0))


def points(name: str, count: float | None) -> Figure:
    """Return a number of points."""
    number = 1 if count == 1 else 2
    return Figure(name, count, npgettext("unit of points", "point", "points", number))


def percent(name: str, part: int, whole: int) -> Figure:
    """Return a share in percent, to a hundredth."""
    return Figure(name, round(part * PERCENT / whole, 2) if whole else None, "%")
