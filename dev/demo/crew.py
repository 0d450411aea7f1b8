"""The demo's worker processes as its main job sees them: rung for, waited for, never trusted."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from dev.demo.refusals import AskedToEnd, WorkersStalled

LOOK_S, RING_S, TELL_S = 0.03, 5.0, 15.0
PATIENCE_S = 3_600.0  # of a dead worker we hear at once; a file of millions takes its time


class Parts(Protocol):
    """The running parts of a demo."""

    def require_all(self) -> None:
        """Refuse to go on where one has ended by itself."""


class Crew:
    """Waits for what workers do, as Postgres tells it."""

    def __init__(self, parts: Parts, asked: threading.Event, say: Callable[[str], object]) -> None:
        self.parts, self.asked, self.say = parts, asked, say

    def require_going_on(self) -> None:
        """Refuse to go on where a signal asks us to end, or a part has ended.

        Raises:
            AskedToEnd, PartEnded: so it is.
        """
        if self.asked.is_set():
            raise AskedToEnd("The demo was asked to end; make demo goes on from here.")
        self.parts.require_all()

    def wait_for(self, done: Callable[[], bool], *, ring: Callable[[], object], what: str) -> None:
        """Ring until something is done: a bell may be lost, as the broker keeps nothing.

        Raises:
            AskedToEnd, PartEnded: as above.
            WorkersStalled: it takes far too long.
        """
        started = told = time.monotonic()
        rung = 0.0
        while not done():
            self.require_going_on()
            now = time.monotonic()
            if now - started > PATIENCE_S:
                raise WorkersStalled(f"The workers do not finish {what}; their log says why.")
            if now - told > TELL_S:
                self.say(f"  ... {what}: {now - started:.0f} s so far")
                told = now
            if now - rung > RING_S:
                ring()
                rung = now
            self.asked.wait(LOOK_S)
