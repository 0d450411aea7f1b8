"""One demo per state folder, and nothing left of a killed one."""

import errno
import fcntl
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil

from portal.demo.refusals import DemoRunning, PortTaken

HOST = "127.0.0.1"
PATIENCE_S = 60


def mark(state: Path) -> str:
    """Return the word by which the processes of this folder's demo are known, forks included."""
    return f"dodonto_demo={state}"


@contextmanager
def only_demo(state: Path) -> Iterator[None]:
    """Be this folder's demo until the end of the block, however it ends.

    The file's number means something only while somebody holds the lock, which ends with its
    holder, so that it never names another program.

    Raises:
        DemoRunning: another process is the demo.
    """
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with pid_file(state) as handle:
        if not locked(handle):
            raise DemoRunning(
                f"A demo is running here already (process {holder(handle)}); end it: make stop."
            )
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        end_orphans(state)
        yield


def end_demo(state: Path) -> bool:
    """End the demo that runs in this folder and what a killed one left; say whether there was any.

    Raises:
        DemoRunning: it does not end.
    """
    if not pid_file_path(state).exists():
        return False
    deadline = time.monotonic() + PATIENCE_S
    was_running = False
    with pid_file(state) as handle:
        while not locked(handle):
            if not was_running and (process := holder(handle)):
                was_running = True
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGTERM)
            if time.monotonic() > deadline:
                raise DemoRunning(f"The demo (process {holder(handle)}) does not end.")
            time.sleep(0.1)
        return end_orphans(state) or was_running


def pid_file_path(state: Path) -> Path:
    """Return where the demo writes its number."""
    return state / "demo.pid"


def pid_file(state: Path) -> IO[str]:
    """Open the file that the demo locks."""
    return pid_file_path(state).open("a+", encoding="utf-8")


def locked(handle: IO[str]) -> bool:
    """Lock the file if nobody else has; say whether we have it now."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def holder(handle: IO[str]) -> int:
    """Return the number of the demo that holds the lock; 0 where it has not written it yet."""
    handle.seek(0)
    return int(handle.read() or 0)


def end_orphans(state: Path) -> bool:
    """Kill the parts that a killed demo left running; they would keep its port."""
    orphans = list(parts(state))
    for process in orphans:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(orphans, timeout=PATIENCE_S)
    return bool(orphans)


def parts(state: Path) -> Iterator[psutil.Process]:
    """Yield the processes whose command line bears the mark of this folder's demo."""
    for process in psutil.process_iter(["cmdline", "status"]):
        is_over = process.info["status"] == psutil.STATUS_ZOMBIE
        if mark(state) in (process.info["cmdline"] or []) and not is_over:
            yield process


def require_free_port(port: int, *, way_out: str) -> None:
    """Refuse a port that we could not listen on.

    Raises:
        PortTaken: another program has it, or it is kept for the system.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as failure:
            taken = failure.errno == errno.EADDRINUSE
            why = "is taken by another program" if taken else f"cannot be used ({failure.strerror})"
            raise PortTaken(f"Port {port} {why}; choose another: {way_out}.") from failure
