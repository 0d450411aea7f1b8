"""Wait for what the demo's workers do; whether it is done stands in Postgres."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from dev.demo.refusals import StopRequested, WorkersStalled

POLL_S, ENQUEUE_AGAIN_S, REPORT_S = 0.03, 5.0, 15.0
MAIN_JOB_LIMIT_S = 3_600.0  # a dead worker is noticed at once; a file of millions takes its time


class Processes(Protocol):
    """The running processes of a demo."""

    def require_all(self) -> None:
        """Raise where one has ended by itself."""


class Workers:
    """The demo's worker processes, as those see them who wait for their work."""

    def __init__(
        self,
        processes: Processes,
        stop_requested: threading.Event,
        report: Callable[[str], object],
        *,
        limit_s: float = MAIN_JOB_LIMIT_S,
    ) -> None:
        self.processes, self.stop_requested = processes, stop_requested
        self.report, self.limit_s = report, limit_s

    def check_running(self) -> None:
        """Check that no signal requests the end and no process has ended.

        Raises:
            StopRequested, ProcessEnded: one of these is so.
        """
        if self.stop_requested.is_set():
            raise StopRequested("A signal ended the demo; make demo goes on from here.")
        self.processes.require_all()

    def wait_for(
        self, done: Callable[[], bool], *, enqueue: Callable[[], object], what: str
    ) -> None:
        """Enqueue work until it is done: the broker may lose a message.

        Raises:
            StopRequested, ProcessEnded: as above.
            WorkersStalled: it takes longer than the limit.
        """
        started = reported = time.monotonic()
        enqueued = 0.0
        while not done():
            self.check_running()
            now = time.monotonic()
            if now - started > self.limit_s:
                raise WorkersStalled(f"The workers do not finish {what}; their log says why.")
            if now - reported > REPORT_S:
                self.report(f"  ... {what}: {now - started:.0f} s so far")
                reported = now
            if now - enqueued > ENQUEUE_AGAIN_S:
                enqueue()
                enqueued = now
            self.stop_requested.wait(POLL_S)
