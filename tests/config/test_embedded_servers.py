"""The embedded servers as they run: durable, private, and there again after every kind of death."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from redis import Redis

from config.embedded import postgres, processes, services, valkey
from config.embedded.places import Places
from config.refusals import ServiceFailed
from tests.outside import kill_all, living, run_python, start_python, state_folder

START = """
import sys
from pathlib import Path
from config.embedded import services
services.ensure_running(Path(sys.argv[1]), database=True, broker=True)
"""
pytestmark = pytest.mark.slow


def start(places: Places) -> None:
    services.ensure_running(places.state, database=True, broker=True)


def start_apart(places: Places) -> "subprocess.Popen[str]":
    return start_python("-c", START, str(places.state))


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def keep(places: Places, value: int) -> None:
    with psycopg.connect(places.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value integer)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def kept(places: Places) -> list[int]:
    with psycopg.connect(places.database_url) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


def servers(places: Places) -> list[psutil.Process]:
    """Return the living processes that no other one of the folder has started."""
    running = {}
    for found in living(places):
        with suppress(psutil.NoSuchProcess):
            running[found] = found.ppid()
    numbers = {found.pid for found in running}
    return [found for found, parent in running.items() if parent not in numbers]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with state_folder(tmp_path_factory.mktemp("servers") / "state") as places:
        start(places)
        keep(places, 1)
        yield places


@pytest.fixture
def running(folder: Places) -> Places:
    """Give running servers with one row kept, whatever the test before did to them."""
    start(folder)
    with psycopg.connect(folder.database_url) as connection:
        connection.execute("DELETE FROM kept WHERE value > 1")
    return folder


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        pytest.param("fsync", "on", id="what is committed is on the disk"),
        pytest.param("synchronous_commit", "on", id="before the commit is confirmed"),
        pytest.param("full_page_writes", "on", id="whole, also after a torn write"),
        pytest.param("listen_addresses", "", id="no address is listened on"),
        pytest.param("unix_socket_permissions", "0700", id="the socket is ours alone"),
        pytest.param("log_min_error_statement", "panic", id="statements stay out of the log"),
        pytest.param("log_error_verbosity", "terse", id="values stay out of the log"),
        pytest.param("server_encoding", "UTF8", id="texts are Unicode"),
        pytest.param("data_checksums", "on", id="a rotten page is noticed"),
    ],
)
def test_postgres_runs_with(running: Places, setting: str, expected: str) -> None:
    with psycopg.connect(running.database_url) as connection:
        row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()

    assert row == (expected,)


def test_servers_listen_on_no_network(running: Places) -> None:
    found = servers(running)

    assert {process.name() for process in found} == {"postgres", "valkey-server"}
    assert [each for process in found for each in process.net_connections("inet")] == []


def test_servers_folders_are_closed_to_others(running: Places) -> None:
    folders = [running.state, running.postgres, running.valkey, running.sockets]

    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


def test_valkey_keeps_nothing(running: Places) -> None:
    with Redis(unix_socket_path=str(running.valkey_socket), decode_responses=True) as client:
        settings = client.config_get("save", "appendonly", "port")

    assert settings == {"save": "", "appendonly": "no", "port": "0"}


def test_ensure_running_finds_them_running(running: Places) -> None:
    before = {found.pid for found in servers(running)}

    start(running)

    assert {found.pid for found in servers(running)} == before
    assert len(before) == 2


def test_a_port_of_the_environment_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, running: Places
) -> None:
    monkeypatch.setenv("PGPORT", "6543")

    assert postgres.answers(running)


def test_committed_rows_survive_the_death_of_everything(running: Places) -> None:
    for value in (2, 3):
        keep(running, value)
        kill_all(running)
        assert not postgres.answers(running)
        assert not valkey.answers(running)
        start(running)

    assert kept(running) == [1, 2, 3]


def test_open_transactions_die_with_the_server(running: Places) -> None:
    with closing(psycopg.connect(running.database_url)) as connection:
        connection.execute("INSERT INTO kept VALUES (2)")
        kill_all(running)

        start(running)

    assert kept(running) == [1]


def test_a_working_backend_that_outlived_its_server_is_ended(running: Places) -> None:
    with closing(psycopg.connect(running.database_url, autocommit=True)) as connection:
        # It looks for its server's death when it waits; computing, it does not wait.
        connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 10000000000) AS n")
        backend = psutil.Process(connection.info.backend_pid)
        server = postgres.postmaster(running)
        assert server
        server.kill()

        start(running)

    assert kept(running) == [1]
    assert processes.ended(backend)


def test_a_stale_pid_file_is_no_obstacle(running: Places) -> None:
    kill_all(running)
    lines = (running.postgres / "postmaster.pid").read_text().splitlines()
    lines[0] = str(os.getpid())  # as if the number had been given to another program
    (running.postgres / "postmaster.pid").write_text("\n".join(lines))
    (running.sockets / ".s.PGSQL.5432.lock").write_text("\n".join(lines))

    start(running)

    assert kept(running) == [1]


@pytest.mark.parametrize(
    "lost",
    [
        pytest.param(["postgres/postmaster.pid"], id="its pid file"),
        pytest.param([".s.PGSQL.5432"], id="its socket"),
        pytest.param(["postgres/postmaster.pid", ".s.PGSQL.5432"], id="both"),
    ],
)
def test_a_server_that_lost_a_file_is_reached_again(running: Places, lost: list[str]) -> None:
    server = postgres.postmaster(running)
    assert server
    wait_for(lambda: time.time() - server.create_time() > postgres.WRITING_S)
    for name in lost:
        (running.sockets / name if name.startswith(".") else running.state / name).unlink()

    start(running)

    assert kept(running) == [1]
    assert len(servers(running)) == 2
    services.stop(running.state)  # a server without its file would end in the midst of a test


@pytest.mark.parametrize(
    ("moment", "everything"),
    [
        pytest.param(
            lambda state: any(state.state.glob("postgres.new-*")),
            False,
            id="initdb begins, the command alone",
        ),
        pytest.param(
            lambda state: any(state.state.glob("postgres.new-*/PG_VERSION")),
            True,
            id="initdb works, everything",
        ),
        pytest.param(
            lambda state: state.postgres.exists(), False, id="the data stand, the command alone"
        ),
        pytest.param(
            lambda state: (state.postgres / "postmaster.pid").exists(),
            True,
            id="the server starts, everything",
        ),
        pytest.param(
            lambda state: (state.sockets / ".s.PGSQL.5432").exists(),
            False,
            id="the server listens, the command alone",
        ),
        pytest.param(
            lambda state: state.valkey_socket.exists(), True, id="Valkey listens, everything"
        ),
    ],
)
def test_a_first_start_is_killed_when(
    state: Places, moment: Callable[[Places], bool], everything: bool
) -> None:
    command = start_apart(state)
    wait_for(lambda: moment(state) or command.poll() is not None)
    command.kill()
    command.communicate()
    if everything:
        kill_all(state)

    start(state)

    keep(state, 1)
    assert kept(state) == [1]
    assert len(servers(state)) == 2


def test_eight_commands_at_once_on_a_fresh_folder(state: Places) -> None:
    commands = [start_apart(state) for _ in range(8)]

    said = [command.communicate()[1] for command in commands]

    assert said == [""] * 8
    assert len(servers(state)) == 2


def test_stop_while_a_command_starts(state: Places) -> None:
    starting = start_apart(state)
    wait_for(state.state.exists)

    stopping = run_python("-m", "config.embedded", "stop", LOCAL_STATE_DIR=str(state.state))

    assert (stopping.returncode, stopping.stderr) == (0, "")
    assert (starting.communicate()[1], starting.returncode) == ("", 0)
    start(state)
    assert postgres.answers(state)


def test_stop_leaves_nothing_and_may_be_repeated(running: Places) -> None:
    assert services.stop(running.state) == ["Valkey", "PostgreSQL"]
    assert services.stop(running.state) == []
    assert servers(running) == []

    start(running)
    assert kept(running) == [1]


def test_a_server_that_waits_for_its_clients_to_leave_is_replaced(running: Places) -> None:
    server = postgres.postmaster(running)
    assert server
    with closing(psycopg.connect(running.database_url)):
        server.terminate()  # as a system does that shuts down: no new client, the old may stay
        wait_for(lambda: not postgres.answers(running))

        start(running)

    assert kept(running) == [1]


def test_a_moved_checkout_finds_its_server(state: Places, tmp_path: Path) -> None:
    start(state)
    keep(state, 1)
    state.state.rename(tmp_path / "moved")

    with state_folder(tmp_path / "moved") as moved:
        start(moved)

        assert kept(moved) == [1]
        assert len(servers(moved)) == 2


def test_a_killed_valkey_alone_is_replaced(running: Places) -> None:
    server = postgres.postmaster(running)
    for process in servers(running):
        if process != server:
            process.kill()
    wait_for(lambda: not valkey.answers(running))

    start(running)

    assert valkey.answers(running)
    assert postgres.postmaster(running) == server


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        pytest.param(
            "17\n",
            "holds data of PostgreSQL 17, we run 18; move that folder away or set DATABASE_URL",
            id="of another version",
        ),
        pytest.param(
            None,
            "holds no PostgreSQL data; move that folder away or set DATABASE_URL",
            id="without a version",
        ),
        pytest.param(
            "18\n",
            r"PostgreSQL does not start; its log .*/postgres/log says why",
            id="without anything else",
        ),
    ],
)
def test_data_are_refused(state: Places, version: str | None, sentence: str) -> None:
    state.postgres.mkdir(parents=True, mode=0o700)
    if version:
        (state.postgres / "PG_VERSION").write_text(version)

    with pytest.raises(ServiceFailed, match=sentence):
        start(state)


def test_create_database_says_that_nobody_serves_it(state: Places) -> None:
    with pytest.raises(ServiceFailed, match="PostgreSQL does not serve us"):
        postgres.create_database(state)
