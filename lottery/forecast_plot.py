"""The coordinates of a plot over days; the page styles it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 600, 160
Triple = tuple[float, float, float]  # P10, P50, P90


@dataclass(frozen=True)
class Plot:
    """A plot as points of an SVG: ``band`` from P10 to P90, ``line`` at P50."""

    title: str
    band: str
    line: str
    max_value: float
    first: date
    last: date


def plot_days(title: str, days: Sequence[tuple[date, Triple]]) -> Plot:
    """Return a plot of at least one day, with 0 at the bottom."""
    first, last = days[0][0], days[-1][0]
    max_value = max((high for _, (_, _, high) in days), default=0) or 1
    across = [WIDTH * ((day - first).days / max((last - first).days, 1)) for day, _ in days]
    lows, middles, highs = (
        [f"{x:.1f},{HEIGHT * (1 - triple[part] / max_value):.1f}" for x, (_, triple) in rows]
        for part in range(3)
        for rows in [list(zip(across, days, strict=True))]
    )
    return Plot(
        title=title,
        band=" ".join([*highs, *reversed(lows)]),
        line=" ".join(middles),
        max_value=max_value,
        first=first,
        last=last,
    )
