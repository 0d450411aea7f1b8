"""What every step of a campaign that the demo plays needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaign import queries
from campaign.models import Campaign, Terms
from core import clock
from dev.demo.schedule import Schedule, plan
from dev.demo.waiting import Workers

Report = Callable[[str], object]


@dataclass(frozen=True)
class Job:
    """A campaign that the demo plays: its dates, its folders, and who works for it.

    Files arrive in ``inbox``, which all campaigns share; ``feeds`` has this one's.
    """

    campaign: Campaign
    terms: Terms
    schedule: Schedule
    workers: Workers
    feeds: Path
    folder: Path
    inbox: Path
    report: Report

    @property
    def code(self) -> str:
        """The campaign's code, as commands take it."""
        return self.campaign.code

    def advance(self, instant: datetime) -> None:
        """Set the clock of every process to ``instant``, where that has not passed yet."""
        self.workers.check_running()
        if clock.now() < instant:
            clock.move_demo_clock(to=instant, runs=False)


def demo_folder(state: Path) -> Path:
    """Return the folder of the demo in a state folder."""
    return state / "demo"


def inbox_of(state: Path) -> Path:
    """Return the folder to which the demo's feed files are delivered."""
    return demo_folder(state) / "inbox"


def load_job(
    *, code: str, workers: Workers, state: Path, folder: Path, feeds: Path, report: Report
) -> Job:
    """Return the job of a published campaign."""
    campaign = queries.get_campaign(code)
    terms = queries.working_terms(campaign)
    schedule = plan(opens_at=terms.opens_at, closes_at=terms.closes_at, credit_at=terms.credit_at)
    return Job(campaign, terms, schedule, workers, feeds, folder, inbox_of(state), report)
