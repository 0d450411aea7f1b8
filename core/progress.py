"""Report progress: a bar on a terminal, a line every few seconds elsewhere."""

import time
from collections.abc import Callable
from typing import TextIO

from core.printable import printable

BAR_WIDTH = 30
TERMINAL_EVERY_S, LINE_EVERY_S = 0.2, 5.0


class Progress:
    """Prints the progress of one piece of work: rows per second, and the time left."""

    def __init__(
        self, stream: TextIO, label: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.stream, self.label, self.clock = stream, label, clock
        self.on_terminal = stream.isatty()
        self.started = self.printed = clock()
        self.every = TERMINAL_EVERY_S if self.on_terminal else LINE_EVERY_S

    def __call__(self, done: int, rows: int) -> None:
        """Print how many rows are done, unless that was printed a moment ago.

        When all are read the database still has to apply them, which takes about as long again.
        """
        now = self.clock()
        if done >= rows and now - self.started >= self.every:
            self.write(f"{self.label}: {rows:,} rows read, being applied")
        elif now - self.printed >= self.every:
            self.printed = now
            self.write(self.describe(done, rows, now - self.started))

    def describe(self, done: int, rows: int, seconds: float) -> str:
        """Return the progress as a line."""
        speed = done / seconds if seconds else 0.0
        left = (rows - done) / speed if speed else 0.0
        share = done / rows if rows else 1.0
        figures = f"{done:,} of {rows:,} rows, {speed:,.0f} a second, {left:,.0f} s left"
        if not self.on_terminal:
            return f"{self.label}: {figures}"
        full = round(BAR_WIDTH * share)
        return f"{self.label} [{'#' * full}{'.' * (BAR_WIDTH - full)}] {share:4.0%} {figures}"

    def write(self, text: str) -> None:
        """Write a line; on a terminal over the last one."""
        text = printable(text)
        self.stream.write(f"\r\x1b[K{text}" if self.on_terminal else f"{text}\n")
        self.stream.flush()

    def end(self, text: str) -> None:
        """Print how the work ended, in place of the bar."""
        self.write(text)
        if self.on_terminal:
            self.stream.write("\n")
