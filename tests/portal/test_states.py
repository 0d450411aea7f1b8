"""Both sides of every boundary, to the second."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.states import ShownState, next_change, shown_state

JAPAN = ZoneInfo("Asia/Tokyo")
SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)
PUBLISHED = datetime(2024, 12, 1, tzinfo=JAPAN)
OPENS = datetime(2024, 12, 10, 12, tzinfo=JAPAN)
CLOSES = datetime(2025, 1, 14, tzinfo=JAPAN)
FROZEN = datetime(2025, 1, 20, 3, tzinfo=JAPAN)
CONFIRMED = datetime(2025, 1, 22, 10, tzinfo=JAPAN)
PAID = datetime(2025, 2, 15, 10, 30, tzinfo=JAPAN)
BEFORE, OPEN, CLOSED, COUNTING, RESULTS, CREDITED = ShownState


@dataclass
class Period:
    opens_at: datetime = OPENS
    closes_at: datetime = CLOSES
    published_at: datetime | None = PUBLISHED


@pytest.mark.parametrize(
    ("now", "frozen", "confirmed", "paid", "expected"),
    [
        pytest.param(PUBLISHED, None, None, None, BEFORE, id="just published"),
        pytest.param(OPENS - SECOND, None, None, None, BEFORE, id="a second before opening"),
        pytest.param(OPENS - MICROSECOND, None, None, None, BEFORE, id="just before opening"),
        pytest.param(OPENS, None, None, None, OPEN, id="at the second of opening"),
        pytest.param(OPENS + SECOND, None, None, None, OPEN, id="a second after opening"),
        pytest.param(CLOSES - SECOND, None, None, None, OPEN, id="in the last second"),
        pytest.param(CLOSES - MICROSECOND, None, None, None, OPEN, id="just before closing"),
        pytest.param(CLOSES, None, None, None, CLOSED, id="at closing: the period is half-open"),
        pytest.param(FROZEN, None, None, None, CLOSED, id="long closed but not frozen"),
        pytest.param(FROZEN, FROZEN, None, None, COUNTING, id="at the freeze"),
        pytest.param(PAID, FROZEN, None, None, COUNTING, id="frozen and not confirmed"),
        pytest.param(CONFIRMED, FROZEN, CONFIRMED, None, RESULTS, id="at confirming"),
        pytest.param(PAID, FROZEN, CONFIRMED, None, RESULTS, id="confirmed and not paid"),
        pytest.param(PAID, FROZEN, CONFIRMED, PAID, CREDITED, id="at the payout's end"),
        pytest.param(PAID, None, None, None, CLOSED, id="a void took the freeze back"),
        pytest.param(PAID, None, CONFIRMED, None, CLOSED, id="no result without a freeze"),
        pytest.param(PAID, FROZEN, None, PAID, COUNTING, id="no crediting without a result"),
    ],
)
def test_shown_state(
    now: datetime,
    frozen: datetime | None,
    confirmed: datetime | None,
    paid: datetime | None,
    expected: ShownState,
) -> None:
    state = shown_state(
        Period(), now=now, entries_frozen_at=frozen, confirmed_at=confirmed, paid_at=paid
    )
    assert state is expected


def test_shown_state_of_unpublished_terms_is_none_of_these() -> None:
    with pytest.raises(KeyError):
        shown_state(Period(published_at=None), now=OPENS, entries_frozen_at=None)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(OPENS - SECOND, OPENS, id="before opening: the opening"),
        pytest.param(OPENS, CLOSES, id="at opening: the closing"),
        pytest.param(CLOSES - SECOND, CLOSES, id="in the last second: the closing"),
        pytest.param(CLOSES, None, id="at closing: nothing more by the clock"),
    ],
)
def test_next_change(now: datetime, expected: datetime | None) -> None:
    assert next_change(Period(), now=now) == expected
