"""The main job: a campaign from the opening of its entry to its close, on a moved clock."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from portal.demo import days, drawing, paying
from portal.demo.job import Job
from portal.demo.keeping import keep


@dataclass(frozen=True)
class Act:
    """One part of the main job, as a person reads it, and what does it."""

    title: str
    do: Callable[[Job], object]


def pass_entry_period(job: Job) -> None:
    """Have the entry period pass, and the days until the list is frozen."""
    days.pass_nights(job, until=job.schedule.frozen_at)


ACTS = (
    Act("Entries, bookings, nightly totals", pass_entry_period),
    Act("Freezing the list and publishing it", drawing.freeze_and_publish),
    Act("Waiting a week for the round", drawing.await_round),
    Act("The draw, and an outsider's check of it", drawing.run_and_verify),
    Act("Confirming the result", drawing.confirm),
    Act("Allowing the payout", paying.prepare),
    Act("Crediting the points", paying.pay),
    Act("Settling with the points system", paying.settle),
    Act("Closing the books", paying.close),
)


def perform(job: Job) -> dict[str, float]:
    """Perform every act; return the seconds that each took, over all runs of this demo.

    Each finds out for itself how much of it an earlier, killed run has done.
    """
    file = job.place / "seconds.json"
    seconds: dict[str, float] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    for number, act in enumerate(ACTS, start=1):
        job.say(f"[{number}/{len(ACTS)}] {act.title} ...")
        started = time.monotonic()
        act.do(job)
        taken = time.monotonic() - started
        seconds[act.title] = round(seconds.get(act.title, 0) + taken, 1)
        keep(file, json.dumps(seconds))
        job.say(f"      {taken:.1f} s")
    return seconds
