"""When the demo does what: instants computed from the terms of its campaign."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.clock import JAPAN

LOADED_AT, TOTALLED_AT, OFFICE_OPENS = time(2), time(3), time(10)


@dataclass(frozen=True)
class Schedule:
    """The dates of one campaign, from the opening of its entry to its close."""

    opens_at: datetime
    frozen_at: datetime
    round_time: datetime
    confirmed_at: datetime
    prepared_at: datetime
    credited_at: datetime
    settled_at: datetime
    closed_at: datetime

    def nights(self, *, until: datetime) -> Iterator[date]:
        """Yield the nights after the opening whose totals are due by an instant."""
        night = self.opens_at.date() + timedelta(days=1)
        while at(night, TOTALLED_AT) <= until:
            yield night
            night += timedelta(days=1)


def plan(*, opens_at: datetime, closes_at: datetime, credit_at: datetime) -> Schedule:
    """Plan a campaign: six days for late feeds, a week until the round, office hours."""
    frozen_at = at(closes_at.astimezone(JAPAN).date() + timedelta(days=6), OFFICE_OPENS)
    return Schedule(
        opens_at=opens_at.astimezone(JAPAN),
        frozen_at=frozen_at,
        round_time=frozen_at + timedelta(days=7, hours=2),
        confirmed_at=frozen_at + timedelta(days=8),
        prepared_at=frozen_at + timedelta(days=14),
        credited_at=credit_at.astimezone(JAPAN),
        settled_at=at(credit_at.astimezone(JAPAN).date() + timedelta(days=2), OFFICE_OPENS),
        closed_at=at(credit_at.astimezone(JAPAN).date() + timedelta(days=5), OFFICE_OPENS),
    )


def at(day: date, hour: time) -> datetime:
    """Return an hour of a day in Japan."""
    return datetime.combine(day, hour, JAPAN)
