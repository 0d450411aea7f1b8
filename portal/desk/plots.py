"""Plots as SVG with axes, readable without colour; the numbers of each stand beside it as a table.

Coordinates are those of the SVG's own box, 0 at the top left; the page styles the parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10
from unicodedata import east_asian_width

from portal.formats import large_in_words

WIDTH, HEIGHT = 360, 150  # of a phone's screen, so that letters are as large as the page's
LEFT, TOP, BOTTOM = 48, 24, 20  # least room inside the box for numbers, marks and labels
NARROW, WIDE, GAP = 7, 11, 8  # of a digit, of a kanji, and between a number and its axis
EDGE = 18  # nearer to the right edge a label ends there
MAX_LABELS = 6
STEPS = (1, 2, 5, 10)
BAR = 0.8  # of the room of a column
Row = tuple[str, ...]


@dataclass(frozen=True)
class Tick:
    """A text at an axis; ``anchor`` is the part of it that stands at the place."""

    at: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Column:
    """One column of a plot; ``is_marked``: the page marks it by a sign and an outline."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    is_marked: bool


@dataclass(frozen=True)
class Plot:
    """What both kinds of plots have: heading, axes, and the numbers as rows below ``head``."""

    title: str
    summary: str
    head: Row
    rows: list[Row]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - BOTTOM


@dataclass(frozen=True)
class Columns(Plot):
    """A column for each label."""

    columns: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Band(Plot):
    """A band from P10 to P90 with a line at P50, and a limit above it."""

    band: str = ""
    line: str = ""
    limit: float = 0
    limit_text: str = ""


def round_up(number: float) -> int:
    """Return the smallest round number, 1, 2 or 5 with zeros, that is no less; at least 1."""
    if number <= 1:
        return 1
    power = int(10 ** int(log10(number)))
    return next(step * power for step in STEPS if step * power >= number)


def height_of(value: float, top: int) -> float:
    """Return the y of a value where ``top`` is the greatest."""
    return round(TOP + (HEIGHT - BOTTOM - TOP) * (1 - value / top), 1)


def y_ticks(top: int) -> list[Tick]:
    """Return the numbers of an axis from 0 to ``top``."""
    values = (0, top // 2, top) if top % 2 == 0 else (0, top)
    return [Tick(height_of(value, top), large_in_words(value)) for value in values]


def room_for(ticks: Sequence[Tick]) -> int:
    """Return how far from the left edge the plot begins, so that the longest number has room."""
    widths = (
        sum(WIDE if east_asian_width(letter) == "W" else NARROW for letter in tick.text)
        for tick in ticks
    )
    return max(LEFT, GAP + max(widths))


def label_some(labels: Sequence[str], middles: Sequence[float]) -> list[Tick]:
    """Return as many of the labels as there is room for, from the first on."""
    every = ceil(len(labels) / MAX_LABELS) or 1
    return [
        Tick(middles[place], labels[place], "end" if middles[place] > WIDTH - EDGE else "middle")
        for place in range(0, len(labels), every)
    ]


def plot_columns(
    *,
    title: str,
    summary: str,
    head: Row,
    labels: Sequence[str],
    values: Sequence[int],
    marked: int | None = None,
) -> Columns:
    """Return a plot with a column for each of the values, of which one is marked."""
    top = round_up(max(values, default=0))
    ticks = y_ticks(top)
    left = room_for(ticks)
    room = (WIDTH - left) / max(len(values), 1)
    columns = []
    for place, value in enumerate(values):
        x, y = left + room * place, height_of(value, top)
        columns.append(
            Column(
                x=round(x + room * (1 - BAR) / 2, 1),
                y=y,
                width=round(room * BAR, 1),
                height=round(HEIGHT - BOTTOM - y, 1),
                middle=round(x + room / 2, 1),
                is_marked=place == marked,
            )
        )
    return Columns(
        title=title,
        summary=summary,
        head=head,
        rows=[(label, f"{value:,}") for label, value in zip(labels, values, strict=True)],
        x_ticks=label_some(labels, [column.middle for column in columns]),
        y_ticks=ticks,
        left=left,
        columns=tuple(columns),
    )


def plot_band(
    *,
    title: str,
    summary: str,
    head: Row,
    labels: Sequence[str],
    spreads: Sequence[tuple[int, int, int]],
    limit: int,
    limit_text: str,
) -> Band:
    """Return a plot of P10, P50 and P90 over labels, at least one, below a limit."""
    top = round_up(max(limit, *(high for _low, _middle, high in spreads)))
    ticks = y_ticks(top)
    left = room_for(ticks)
    step = (WIDTH - left) / max(len(spreads) - 1, 1)
    across = [round(left + step * place, 1) for place in range(len(spreads))]
    if len(spreads) == 1:  # a single day as a short line
        spreads, across = [*spreads, *spreads], [left, left + 40]
    low, middle, high = (
        [f"{x},{height_of(spread[part], top)}" for x, spread in zip(across, spreads, strict=True)]
        for part in range(3)
    )
    return Band(
        title=title,
        summary=summary,
        head=head,
        rows=[
            (label, *(f"{number:,}" for number in spread))
            for label, spread in zip(labels, spreads, strict=False)
        ],
        x_ticks=label_some(labels, across),
        y_ticks=ticks,
        left=left,
        band=" ".join([*high, *reversed(low)]),
        line=" ".join(middle),
        limit=height_of(limit, top),
        limit_text=limit_text,
    )
