"""One demo runs in a state folder; what a killed one left is ended."""

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

from dev.demo.refusals import DemoRunning, PortTaken

HOST = "127.0.0.1"
END_LIMIT_S = 60


def process_mark(state: Path) -> str:
    """Return the argument that all processes of this folder's demo have, forks included."""
    return f"dodonto_demo={state}"


@contextmanager
def lock_demo(state: Path) -> Iterator[None]:
    """Lock this folder for one demo until the block ends, however it ends.

    The number in the file is valid only while the file is locked. The lock ends with its process,
    so that the number never names another program.

    Raises:
        DemoRunning: another process is the demo.
    """
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with pid_file(state) as handle:
        if not try_lock(handle):
            raise DemoRunning(
                f"A demo is running here already (process {read_pid(handle)}); end it: make stop."
            )
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        kill_orphans(state)
        yield


def stop_demo(state: Path) -> bool:
    """End this folder's demo and what a killed one left; return whether anything was running.

    Raises:
        DemoRunning: it does not end.
    """
    if not pid_file_path(state).exists():
        return False
    deadline = time.monotonic() + END_LIMIT_S
    was_running = False
    with pid_file(state) as handle:
        while not try_lock(handle):
            if not was_running and (process := read_pid(handle)):
                was_running = True
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGTERM)
            if time.monotonic() > deadline:
                raise DemoRunning(f"The demo (process {read_pid(handle)}) does not end.")
            time.sleep(0.1)
        return kill_orphans(state) or was_running


def pid_file_path(state: Path) -> Path:
    """Return the path of the file with the demo's process number."""
    return state / "demo.pid"


def pid_file(state: Path) -> IO[str]:
    """Open the file that the demo locks."""
    return pid_file_path(state).open("a+", encoding="utf-8")


def try_lock(handle: IO[str]) -> bool:
    """Lock the file unless that would wait; return whether it did."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_pid(handle: IO[str]) -> int:
    """Return the number of the process that locked the file; 0 before it has written it."""
    handle.seek(0)
    return int(handle.read() or 0)


def kill_orphans(state: Path) -> bool:
    """Kill the processes that a killed demo left running; they would occupy its port."""
    orphans = list(demo_processes(state))
    for process in orphans:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(orphans, timeout=END_LIMIT_S)
    return bool(orphans)


def demo_processes(state: Path) -> Iterator[psutil.Process]:
    """Yield the processes whose command line has the mark of this folder's demo."""
    for process in psutil.process_iter(["cmdline", "status"]):
        is_over = process.info["status"] == psutil.STATUS_ZOMBIE
        if process_mark(state) in (process.info["cmdline"] or []) and not is_over:
            yield process


def require_free_port(port: int, *, way_out: str) -> None:
    """Check that we could listen on a port.

    Raises:
        PortTaken: another program has it, or only the system may use it.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as failure:
            taken = failure.errno == errno.EADDRINUSE
            why = "is taken by another program" if taken else f"cannot be used ({failure.strerror})"
            raise PortTaken(f"Port {port} {why}; choose another: {way_out}.") from failure
