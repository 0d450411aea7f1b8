"""What happens in a campaign from the opening of its entry to its close, step by step."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from dev.demo import days, drawing, paying
from dev.demo.job import Job
from dev.demo.private_file import write_private


@dataclass(frozen=True)
class Step:
    """One step: its title, the stop of the bar that it leads to, and what carries it out.

    Each finds out for itself how much of it an earlier, killed run has done.
    """

    title: str
    stop: str
    run: Callable[[Job], object]


def pass_entry_period(job: Job) -> None:
    """Play the nights of the entry period, and those until the list is frozen."""
    days.play_nights(job, until=job.schedule.frozen_at)


STEPS = (
    Step("Entries, bookings, nightly totals", "frozen", pass_entry_period),
    Step("Freezing the list and publishing it", "frozen", drawing.freeze_and_publish),
    Step("Waiting a week for the round", "drawn", drawing.wait_for_round),
    Step("The draw, and an outsider's check of it", "drawn", drawing.run_and_verify),
    Step("Confirming the result", "result", drawing.confirm),
    Step("Allowing the payout", "credited", paying.prepare),
    Step("Crediting the points", "credited", paying.pay),
    Step("Settling with the points system", "end", paying.settle),
    Step("Closing the books", "end", paying.close),
)


def run_all(job: Job) -> dict[str, float]:
    """Run every step; return the seconds that each took, over all runs of this demo."""
    file = job.folder / "seconds.json"
    seconds: dict[str, float] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    for number, step in enumerate(STEPS, start=1):
        job.report(f"[{number}/{len(STEPS)}] {step.title} ...")
        started = time.monotonic()
        step.run(job)
        taken = time.monotonic() - started
        seconds[step.title] = round(seconds.get(step.title, 0) + taken, 1)
        write_private(file, json.dumps(seconds))
        job.report(f"      {taken:.1f} s")
    return seconds


def run_until(job: Job, stop: str) -> None:
    """Run the steps that lead to one stop of the bar."""
    for step in STEPS:
        if step.stop == stop:
            step.run(job)
