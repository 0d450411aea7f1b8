"""What people are shown of a campaign and of a draw: it follows from clock, draw and payout."""

from datetime import datetime
from enum import StrEnum

from campaign.states import EntryPeriod, EntryState, entry_state


class ShownState(StrEnum):
    """The states of a published campaign, in the order in which they come."""

    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"
    COUNTING = "counting"
    RESULTS = "results"
    CREDITED = "credited"


class Outcome(StrEnum):
    """What a member is told."""

    ENTRANT = "entrant"  # in the draw, which has no result yet
    OUTSIDE = "outside"  # not in the draw, and never called a loser
    LOST = "lost"
    WON = "won"
    CREDITED = "credited"
    FORFEITED = "forfeited"


class Verdict(StrEnum):
    """What a member is told of a booking."""

    COUNTS = "counts"
    WAITS = "waits"
    REJECTED = "rejected"


BY_ENTRY = {
    EntryState.BEFORE: ShownState.BEFORE,
    EntryState.OPEN: ShownState.OPEN,
    EntryState.CLOSED: ShownState.CLOSED,
    EntryState.FROZEN: ShownState.COUNTING,
}


def shown_state(
    terms: EntryPeriod,
    *,
    now: datetime,
    entries_frozen_at: datetime | None,
    confirmed_at: datetime | None = None,
    paid_at: datetime | None = None,
) -> ShownState:
    """Return the state that people are shown at an instant.

    By the clock until the entry period ends; then closed until the freeze, counting until the draw
    is confirmed, results until the payout has ended. A void draw ends the freeze and its result.

    Args: ``confirmed_at``, ``paid_at``: when the draw was confirmed, when the payout run ended.
    """
    shown = BY_ENTRY[entry_state(terms, entries_frozen_at, now=now)]
    if shown is not ShownState.COUNTING or confirmed_at is None:
        return shown
    return ShownState.RESULTS if paid_at is None else ShownState.CREDITED


def next_change(terms: EntryPeriod, *, now: datetime) -> datetime | None:
    """Return the instant at which the clock alone changes the state; None where it never will."""
    return min((edge for edge in (terms.opens_at, terms.closes_at) if edge > now), default=None)
