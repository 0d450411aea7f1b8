"""A cached copy of a page expires before the clock changes the page."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.freshness import MARGIN_S, MAX_SHARED_S, shared_seconds
from tests.portal.conftest import JAPAN

NOON = datetime(2024, 12, 10, 12, tzinfo=JAPAN)


@pytest.mark.parametrize(
    ("before_noon_s", "seconds"),
    [
        pytest.param(3600, MAX_SHARED_S, id="long before"),
        pytest.param(MAX_SHARED_S + MARGIN_S, MAX_SHARED_S, id="just long enough"),
        pytest.param(MAX_SHARED_S + MARGIN_S - 0.001, MAX_SHARED_S - 1, id="a little less"),
        pytest.param(MARGIN_S + 1, 1, id="one second left"),
        pytest.param(MARGIN_S, 0, id="within the margin"),
        pytest.param(0.001, 0, id="just before"),
    ],
)
def test_shared_seconds(before_noon_s: float, seconds: int) -> None:
    now = NOON - timedelta(seconds=before_noon_s)
    assert shared_seconds(now=now, changes_at=NOON) == seconds


def test_shared_seconds_without_a_change_to_come() -> None:
    assert shared_seconds(now=NOON, changes_at=None) == MAX_SHARED_S


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=60)))
def test_a_copy_never_outlives_the_change(before: timedelta) -> None:
    now = NOON - before
    seconds = shared_seconds(now=now, changes_at=NOON)
    assert 0 <= seconds <= MAX_SHARED_S
    assert seconds == 0 or now + timedelta(seconds=seconds + MARGIN_S) <= NOON
