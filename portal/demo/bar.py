"""The bar that moves a demo's clock through its campaign."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.refusals import Refusal
from campaign import clock
from campaign.models import DemoClock, Terms
from campaign.queries import terms_in_force
from portal.demo.schedule import at, plan

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class MainJobRuns(Refusal):
    """The demo's main job has the clock; nobody moves it meanwhile."""


class UnknownStop(Refusal):
    """The bar has no such stop."""


@dataclass(frozen=True)
class Stop:
    """An instant that is worth a look; the last one that the clock has passed is the current."""

    key: str
    label: "StrPromise"
    instant: datetime
    is_current: bool


def stops(terms: Terms, *, now: datetime) -> list[Stop]:
    """Return where the bar leads, in the order of time."""
    schedule = plan(opens_at=terms.opens_at, closes_at=terms.closes_at, credit_at=terms.credit_at)
    instants = {
        "announced": (pgettext_lazy("the demo's clock", "Announced"), schedule.opens_at - DAY),
        "open": (pgettext_lazy("the demo's clock", "Entry opens"), schedule.opens_at),
        "travel": (
            pgettext_lazy("the demo's clock", "Travel period"),
            at(terms.travel_first + 4 * DAY, time(12)),
        ),
        "closing": (pgettext_lazy("the demo's clock", "Last evening"), terms.closes_at - 4 * HOUR),
        "closed": (pgettext_lazy("the demo's clock", "Entry is over"), terms.closes_at + 10 * HOUR),
        "frozen": (pgettext_lazy("the demo's clock", "List published"), schedule.frozen_at + HOUR),
        "drawn": (pgettext_lazy("the demo's clock", "Drawn"), schedule.round_time + HOUR),
        "result": (pgettext_lazy("the demo's clock", "Result"), schedule.confirmed_at + HOUR),
        "credited": (
            pgettext_lazy("the demo's clock", "Points credited"),
            schedule.credited_at + DAY,
        ),
        "end": (pgettext_lazy("the demo's clock", "Closed"), schedule.closed_at + HOUR),
    }
    passed = [key for key, (_label, instant) in instants.items() if instant <= now]
    return [
        Stop(key, label, instant.astimezone(clock.JAPAN), is_current=passed[-1:] == [key])
        for key, (label, instant) in instants.items()
    ]


def shown_campaign() -> Terms | None:
    """Return the terms of the campaign that the demo plays: the first that was set down."""
    return terms_in_force().order_by("campaign_id").first()


def is_free() -> bool:
    """Say whether the clock may be moved: while the main job has it, it stands still."""
    return DemoClock.objects.filter(runs=True).exists()


def move_to(key: str) -> None:
    """Move the demo's clock to one of the bar's stops, from where it runs on.

    Raises:
        MainJobRuns, UnknownStop, ClockStands: not now, not there, or this is no demo.
    """
    terms = shown_campaign()
    known = {stop.key: stop.instant for stop in stops(terms, now=clock.now())} if terms else {}
    if key not in known:
        raise UnknownStop(_("The bar leads nowhere of this name."))
    if not is_free():
        raise MainJobRuns(_("The campaign is still being played; its clock is not free yet."))
    clock.move_demo_clock(to=known[key])
