"""The bar that moves a demo's clock forward through its open campaign."""

import json
import threading
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from campaign.models import Terms
from core import clock
from dev.demo import days, open_campaign, steps
from dev.demo.clock_lock import lock_clock
from dev.demo.job import Job
from dev.demo.open_campaign import load_open_job, start_clock
from dev.demo.private_file import write_private
from dev.demo.refusals import DemoRefusal
from dev.demo.schedule import at, plan
from dev.demo.waiting import Workers

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

log = structlog.get_logger(__name__)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WAIT_S = 60.0  # for another press, and for each task of the workers


class UnknownStop(DemoRefusal):
    """The bar has no such stop."""


class StopPassed(DemoRefusal):
    """The clock has passed this stop, and moves forward only."""


@dataclass(frozen=True)
class Stop:
    """A moment worth a look; the last one that the clock has passed is the current."""

    key: str
    label: "StrPromise"
    instant: datetime
    is_passed: bool
    is_current: bool


class WatchedElsewhere:
    """The demo's processes, for the web server: the demo's command watches them."""

    def require_all(self) -> None:
        """Do nothing."""


def stops(terms: Terms, *, now: datetime) -> list[Stop]:
    """Return where the bar leads, in the order of time."""
    schedule = plan(opens_at=terms.opens_at, closes_at=terms.closes_at, credit_at=terms.credit_at)
    instants = {
        "open": (pgettext_lazy("the demo's clock", "Entry opens"), schedule.opens_at),
        "travel": (
            pgettext_lazy("the demo's clock", "Travel period"),
            at(terms.periods[0][0] + 4 * DAY, time(12)),
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
        Stop(
            key,
            label,
            instant.astimezone(clock.JAPAN),
            is_passed=key in passed,
            is_current=passed[-1:] == [key],
        )
        for key, (label, instant) in instants.items()
    ]


def move_to(key: str) -> None:
    """Play the open campaign up to one of the bar's stops, from where the clock runs on.

    Of several presses at once the first one plays; the others wait for it and find it done. A step
    that fails ends the play: the clock runs on from the last stop that was reached.

    Raises:
        UnknownStop, StopPassed: there is no such stop, or none that lies ahead.
        ClockBusy: a campaign is being played, and goes on for longer than we wait.
        DemoRefusal: a step failed; the sentence says which and why.
    """
    pressed_at = clock.now()
    with lock_clock(settings.LOCAL_STATE_DIR, wait_s=WAIT_S):
        terms = open_campaign.open_terms()
        known = stops(terms, now=clock.now()) if terms else []
        chosen = next((stop for stop in known if stop.key == key), None)
        if terms is None or chosen is None:
            raise UnknownStop(_("The bar leads nowhere of this name."))
        if chosen.instant <= pressed_at:
            raise StopPassed(_("This moment has passed: the demo's clock moves forward only."))
        job = load_open_job(
            terms.campaign.code,
            state=settings.LOCAL_STATE_DIR,
            workers=Workers(WatchedElsewhere(), threading.Event(), log_report, limit_s=WAIT_S),
            report=log_report,
        )
        try:
            play_stops(job, known[: known.index(chosen) + 1])
        finally:
            start_clock()


def play_stops(job: Job, wanted: list[Stop]) -> None:
    """Run the steps that lead to each stop, and set the clock to it.

    What was reached is stored, so that a stop which the running clock passed is still played once.
    """
    file = job.folder / "stops.json"
    reached: list[str] = json.loads(file.read_text("utf-8")) if file.exists() else []
    for stop in wanted:
        if stop.key in reached:
            continue
        steps.run_until(job, stop.key)
        days.play_nights(job, until=stop.instant)
        job.advance(stop.instant)
        reached.append(stop.key)
        write_private(file, json.dumps(reached))


def log_report(text: str) -> None:
    """Log what a step reports."""
    log.info("demo_step", report=text.strip())
