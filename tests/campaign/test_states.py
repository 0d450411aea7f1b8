"""The state of the entry period, on both sides of each instant."""

from datetime import datetime, timedelta

import pytest

from campaign.models import Terms
from campaign.states import EntryState, entry_state
from tests.factories.campaign import AT, FIRST_TERMS, JAPAN

OPENS, CLOSES = datetime(2024, 12, 10, 12, tzinfo=JAPAN), datetime(2025, 1, 14, tzinfo=JAPAN)
TICK = timedelta(microseconds=1)
PUBLISHED = Terms(**FIRST_TERMS, published_at=AT)
DRAFT = Terms(**FIRST_TERMS)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        pytest.param(OPENS - timedelta(days=3650), EntryState.BEFORE, id="years before"),
        pytest.param(OPENS - TICK, EntryState.BEFORE, id="just before the opening"),
        pytest.param(OPENS, EntryState.OPEN, id="at the opening"),
        pytest.param(CLOSES - TICK, EntryState.OPEN, id="just before the closing"),
        pytest.param(CLOSES, EntryState.CLOSED, id="at the closing: the period is half-open"),
        pytest.param(CLOSES + timedelta(days=3650), EntryState.CLOSED, id="years after"),
    ],
)
def test_entry_state_follows_from_the_clock(now: datetime, state: EntryState) -> None:
    assert entry_state(PUBLISHED, None, now=now) is state


@pytest.mark.parametrize("now", [OPENS - TICK, OPENS, CLOSES - TICK, CLOSES])
def test_entry_state_is_frozen_from_the_freeze_on_whatever_the_clock(now: datetime) -> None:
    assert entry_state(PUBLISHED, CLOSES, now=now) is EntryState.FROZEN


@pytest.mark.parametrize("now", [OPENS - TICK, OPENS, CLOSES])
@pytest.mark.parametrize("frozen_at", [None, CLOSES])
def test_entry_state_of_a_draft_is_unpublished(now: datetime, frozen_at: datetime | None) -> None:
    assert entry_state(DRAFT, frozen_at, now=now) is EntryState.UNPUBLISHED
