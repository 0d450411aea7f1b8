"""One process at a time plays a campaign of the demo and moves its clock."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from dev.demo.job import demo_folder
from dev.demo.refusals import DemoRefusal

POLL_S = 0.1


class ClockBusy(DemoRefusal):
    """A campaign is being played, and only that moves the clock."""


@contextmanager
def lock_clock(state: Path, *, wait_s: float = 0) -> Iterator[None]:
    """Lock the clock until the block ends; the system releases it where a process is killed.

    Raises:
        ClockBusy: another process has it for longer than ``wait_s``.
    """
    deadline = time.monotonic() + wait_s
    with open_lock_file(state) as handle:
        while not try_lock(handle, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise ClockBusy(_("A campaign is being played just now; its clock is not free."))
            time.sleep(POLL_S)
        yield


def is_clock_free(state: Path) -> bool:
    """Return whether no campaign is being played."""
    with open_lock_file(state) as handle:
        return try_lock(handle, fcntl.LOCK_SH)


def open_lock_file(state: Path) -> IO[bytes]:
    """Open the file that is locked."""
    folder = demo_folder(state)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return (folder / "clock.lock").open("ab")


def try_lock(handle: IO[bytes], kind: int) -> bool:
    """Lock a file, shared or exclusively, unless that would wait; return whether it did."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
