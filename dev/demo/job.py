"""What every step of the main job needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaign import queries
from campaign.models import Campaign, Terms
from core import clock
from dev.demo.crew import Crew
from dev.demo.schedule import Schedule, plan

SAY = Callable[[str], object]


@dataclass(frozen=True)
class Job:
    """One demo's campaign, its dates, its folders, and the way to tell how it goes."""

    campaign: Campaign
    terms: Terms
    schedule: Schedule
    crew: Crew
    feeds: Path
    place: Path
    say: SAY

    @property
    def code(self) -> str:
        """The campaign's code, as commands take it."""
        return self.campaign.code

    @property
    def inbox(self) -> Path:
        """Where upstream delivers to."""
        return inbox_of(self.place)

    def advance(self, instant: datetime) -> None:
        """Have it be that instant for every process; the clock of a demo that goes on stays."""
        self.crew.require_going_on()
        if clock.now() < instant:
            clock.move_demo_clock(to=instant, runs=False)


def inbox_of(place: Path) -> Path:
    """Return the inbox of a demo's folder."""
    return place / "inbox"


def take_on(*, code: str, crew: Crew, feeds: Path, place: Path, say: SAY) -> Job:
    """Return the job of a published campaign."""
    campaign = queries.get_campaign(code)
    terms = queries.working_terms(campaign)
    schedule = plan(opens_at=terms.opens_at, closes_at=terms.closes_at, credit_at=terms.credit_at)
    return Job(campaign, terms, schedule, crew, feeds, place, say)
