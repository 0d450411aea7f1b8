"""The states in which pages show a campaign, a member's result and a booking."""

from datetime import datetime
from enum import StrEnum

from campaign.states import EntryPeriod, EntryState, entry_state


class ShownState(StrEnum):
    """The states of a published campaign in their order."""

    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"
    COUNTING = "counting"
    RESULTS = "results"
    CREDITED = "credited"


class Outcome(StrEnum):
    """A member's result of a draw."""

    ENTRANT = "entrant"  # in the draw, which has no result
    OUTSIDE = "outside"  # not in the draw, and never called a loser
    LOST = "lost"
    WON = "won"
    CREDITED = "credited"
    FORFEITED = "forfeited"


class Verdict(StrEnum):
    """Whether a booking counts, as members read it."""

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
    """Return the state in which a campaign is shown.

    The clock decides until the entry period ends; then it is closed until the freeze, counting
    until the draw is confirmed, results until the payout has ended. Voiding a draw ends the freeze.

    Args: ``confirmed_at``, ``paid_at``: when the draw was confirmed, when the payout run ended.
    """
    shown = BY_ENTRY[entry_state(terms, entries_frozen_at, now=now)]
    if shown is not ShownState.COUNTING or confirmed_at is None:
        return shown
    return ShownState.RESULTS if paid_at is None else ShownState.CREDITED


def next_change(terms: EntryPeriod, *, now: datetime) -> datetime | None:
    """Return the next instant at which the clock changes the state; None after the last."""
    return min((edge for edge in (terms.opens_at, terms.closes_at) if edge > now), default=None)
