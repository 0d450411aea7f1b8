"""Find and end the processes of the embedded servers."""

import contextlib
import subprocess
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import IO

import psutil


def start(command: Sequence[str], home: Path, output: IO[bytes] | int) -> psutil.Process:
    """Start a server that works in ``home`` and outlives us."""
    process = subprocess.Popen(
        command,
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
    # Python must not warn that its handle goes first.
    process.returncode = 0
    return psutil.Process(process.pid)


def find_processes(home: Path, names: Collection[str], mark: str) -> Iterator[psutil.Process]:
    """Yield the living processes of these programs that work in the folder ``home``.

    Found by name and folder, not by a file: it may be missing, and after a kill its number may
    belong to any other program.
    """
    for process in psutil.process_iter(["name"]):
        if process.info["name"] in names and works_in(process, home, mark):
            yield process


def works_in(process: psutil.Process, home: Path, mark: str) -> bool:
    """Return whether the process works in ``home``; one that has ended works nowhere.

    Where that is not readable (root in a container, another user's process), its command line
    shows it: ours have the mark of the state folder.
    """
    try:
        return bool(process.cwd() == str(home))
    except psutil.AccessDenied:
        with contextlib.suppress(psutil.Error):
            return mark in " ".join(process.cmdline())
    except psutil.Error:
        pass
    return False


def ended(process: psutil.Process) -> bool:
    """Return whether the process has ended; a zombie has."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def wait(process: psutil.Process, seconds: float) -> bool:
    """Wait until the process has ended; return whether it has."""
    deadline = time.monotonic() + seconds
    while not ended(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end(process: psutil.Process, signals: Collection[int], *, limit_s: float) -> bool:
    """Send the signals one by one until the process has ended; return whether it has."""
    for number in signals:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        if wait(process, limit_s):
            return True
    return False
