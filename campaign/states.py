"""The state of a campaign's entry period; it follows from the clock and the freeze."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol


class EntryPeriod(Protocol):
    """The half-open period in which members enter."""

    opens_at: datetime
    closes_at: datetime
    published_at: datetime | None


class EntryState(StrEnum):
    """The state of a campaign's entry period."""

    UNPUBLISHED = "unpublished"
    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"
    FROZEN = "frozen"


def entry_state(terms: EntryPeriod, frozen_at: datetime | None, *, now: datetime) -> EntryState:
    """Return the state of the entry period at an instant; opens_at is in, closes_at is out."""
    if terms.published_at is None:
        return EntryState.UNPUBLISHED
    if frozen_at is not None:
        return EntryState.FROZEN
    if now < terms.opens_at:
        return EntryState.BEFORE
    return EntryState.OPEN if now < terms.closes_at else EntryState.CLOSED
