"""The lines of a plot over days; where they run is computed here, how they look is the page's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 600, 160
Triple = tuple[float, float, float]  # P10, P50, P90


@dataclass(frozen=True)
class Plot:
    """A plot: ``band`` lies between P10 and P90, ``line`` is P50; points of an SVG."""

    title: str
    band: str
    line: str
    highest: float
    first: date
    last: date


def plot_days(title: str, days: Sequence[tuple[date, Triple]]) -> Plot:
    """Lay out a plot of at least one day; the lowest value shown is 0."""
    first, last = days[0][0], days[-1][0]
    highest = max((high for _, (_, _, high) in days), default=0) or 1
    across = [WIDTH * ((day - first).days / max((last - first).days, 1)) for day, _ in days]
    lows, middles, highs = (
        [f"{x:.1f},{HEIGHT * (1 - triple[part] / highest):.1f}" for x, (_, triple) in rows]
        for part in range(3)
        for rows in [list(zip(across, days, strict=True))]
    )
    return Plot(
        title=title,
        band=" ".join([*highs, *reversed(lows)]),
        line=" ".join(middles),
        highest=highest,
        first=first,
        last=last,
    )
