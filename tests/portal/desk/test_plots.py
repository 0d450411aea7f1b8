"""Plots: round axes, columns and bands inside the box, and the numbers beside them."""

from itertools import pairwise
from typing import Any

import pytest
from django.utils import translation

from portal.desk.plots import (
    BOTTOM,
    GAP,
    HEIGHT,
    LEFT,
    MAX_LABELS,
    NARROW,
    TOP,
    WIDE,
    WIDTH,
    plot_band,
    plot_columns,
    round_up,
)

WORDS: dict[str, Any] = {"title": "Entries", "summary": "December"}


@pytest.mark.parametrize(
    ("number", "rounded"),
    [(0, 1), (1, 1), (2, 2), (3, 5), (5, 5), (6, 10), (11, 20), (999, 1000), (10**8, 10**8)],
)
def test_an_axis_ends_at_a_round_number(number: int, rounded: int) -> None:
    assert round_up(number) == rounded


@pytest.mark.parametrize("values", [[], [0], [3], [1, 2, 3], list(range(62))], ids=len)
def test_columns_stand_inside_the_box_and_have_their_numbers(values: list[int]) -> None:
    labels = [f"12/{number}" for number in range(len(values))]

    plot = plot_columns(**WORDS, head=("day", "entries"), labels=labels, values=values, marked=0)

    assert [one.is_marked for one in plot.columns] == [place == 0 for place in range(len(values))]
    for column in plot.columns:
        assert LEFT <= column.x < column.x + column.width <= WIDTH
        assert TOP <= column.y <= HEIGHT - BOTTOM == pytest.approx(column.y + column.height)
    for one, other in pairwise(plot.columns):
        assert one.x + one.width < other.x
    assert plot.rows == [(label, str(value)) for label, value in zip(labels, values, strict=True)]
    assert len(plot.x_ticks) <= MAX_LABELS


def test_a_long_number_has_room_beside_its_axis() -> None:
    with translation.override("ja"):
        plot = plot_columns(**WORDS, head=("day", "points"), labels=["6/3"], values=[400_000_000])

    assert [tick.text for tick in plot.y_ticks] == ["0", "2億5,000万", "5億"]
    assert plot.left == GAP + 2 * WIDE + 6 * NARROW
    assert plot.columns[0].x > plot.left


@pytest.mark.parametrize("days", [1, 2, 40])
def test_a_band_stands_below_its_limit(days: int) -> None:
    plot = plot_band(
        **WORDS,
        head=("day", "P10", "P50", "P90"),
        labels=[str(day) for day in range(days)],
        spreads=[(10 + day, 20 + day, 30 + day) for day in range(days)],
        limit=1_000,
        limit_text="Budget",
    )

    points = [tuple(map(float, point.split(","))) for point in plot.band.split()]
    assert all(LEFT <= x <= WIDTH and plot.limit < y <= HEIGHT - BOTTOM for x, y in points)
    assert len(points) == 2 * max(days, 2)
    assert plot.rows[0] == ("0", "10", "20", "30")
    assert len(plot.rows) == days
    assert [tick.text for tick in plot.y_ticks] == ["0", "500", "1,000"]
