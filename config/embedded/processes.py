"""Find and end the servers' processes, however little was left to find them by."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import psutil


def at_home(home: Path, name: str) -> Iterator[psutil.Process]:
    """Yield the living processes of a program that work in the folder ``home``."""
    for process in psutil.process_iter(["name"]):
        if name in (process.info["name"] or "") and lives_in(process, home):
            yield process


def numbered(pid_file: Path, home: Path) -> psutil.Process | None:
    """Return the process whose number stands in ``pid_file``, if it still is the one of ``home``.

    After a kill the number may belong to any other program.
    """
    try:
        process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    return process if lives_in(process, home) else None


def lives_in(process: psutil.Process, home: Path) -> bool:
    """Say whether the process works in ``home``; one that has ended works nowhere."""
    try:
        return bool(process.cwd() == str(home.resolve()))
    except psutil.Error:
        return False


def ended(process: psutil.Process) -> bool:
    """Say whether the process is over; a zombie is, even where nobody collects it."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def wait(process: psutil.Process, seconds: float) -> bool:
    """Wait until the process is over; return whether it is."""
    deadline = time.monotonic() + seconds
    while not ended(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end(process: psutil.Process, *, patience_s: float) -> None:
    """Ask the process to end, and end it where it does not."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.terminate()
        if not wait(process, patience_s):
            process.kill()
            wait(process, patience_s)
