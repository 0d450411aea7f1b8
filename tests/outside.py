"""Run the project as a person does: in another process, with a known environment."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from dev.embedded import services
from dev.embedded.state_folder import StateFolder

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
NOBODY_LISTENS = {
    "DATABASE_URL": "postgresql://somebody:hidden@127.0.0.1:1/dodonto",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
PRODUCTION = {
    **NOBODY_LISTENS,
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "PRODUCTION": "1",
    "SECRET_KEY": "".join(chr(ord("!") + place) for place in range(60)),
    "ALLOWED_HOSTS": "campaign.example",
    "WESTER_ISSUER": "https://id.example",
    "WESTER_CLIENT_ID": "dodonto",
    "WESTER_CLIENT_SECRET": "hidden",
    "DRAW_KEY": "01" * 32,
    "DRAW_SIGNING_KEY": "02" * 32,
    "ERASURE_KEY": "03" * 32,
}


def environment(**variables: str) -> dict[str, str]:
    """Return an environment of these variables and those that every program needs."""
    return {name: os.environ[name] for name in KEPT if name in os.environ} | variables


def run_python(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run Python in the checkout until it ends."""
    return subprocess.run(
        [sys.executable, *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(**variables),
        timeout=300,
    )


def start_python(*words: str, **variables: str) -> "subprocess.Popen[str]":
    """Start Python in the checkout; the caller waits for it."""
    return subprocess.Popen(
        [sys.executable, *words],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(**variables),
    )


def manage(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a management command until it ends."""
    return run_python("manage.py", *words, **variables)


def free_port() -> int:
    """Return a free port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@contextmanager
def state_folder(folder: Path) -> Iterator[StateFolder]:
    """Create a folder for embedded servers; stop them and remove it at the end."""
    places = StateFolder(folder)
    try:
        yield places
    finally:
        services.stop(places.state)
        shutil.rmtree(places.state, ignore_errors=True)
        shutil.rmtree(places.sockets, ignore_errors=True)


def living(places: StateFolder) -> list[psutil.Process]:
    """Return the processes whose working directory is in a state folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # it has ended meanwhile, or is none of ours
            if Path(process.cwd()).is_relative_to(places.state):
                found.append(process)
    return found


def kill_all(places: StateFolder) -> None:
    """Kill every process of a state folder, as a power failure does."""
    doomed = living(places)
    for process in doomed:
        with suppress(psutil.NoSuchProcess):  # a child that followed its parent
            process.kill()
    psutil.wait_procs(doomed, timeout=60)
