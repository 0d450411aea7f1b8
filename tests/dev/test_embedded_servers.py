"""The embedded servers as they start and run: durable, private, once for everybody."""

from collections.abc import Callable

import psycopg
import pytest
from redis import Redis

from dev.embedded import postgres
from dev.embedded.state_folder import StateFolder
from dev.refusals import ServiceFailed
from tests.dev.embedded import keep, kept, servers, start, start_apart, wait_for
from tests.outside import kill_all, run_python

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        pytest.param("fsync", "on", id="what is committed is on the disk"),
        pytest.param("synchronous_commit", "on", id="before the commit is confirmed"),
        pytest.param("full_page_writes", "on", id="whole, also after a torn write"),
        pytest.param("listen_addresses", "", id="no address is listened on"),
        pytest.param("unix_socket_permissions", "0700", id="only we may use the socket"),
        pytest.param("log_min_error_statement", "panic", id="statements stay out of the log"),
        pytest.param("log_error_verbosity", "terse", id="values stay out of the log"),
        pytest.param("server_encoding", "UTF8", id="texts are Unicode"),
        pytest.param("data_checksums", "on", id="a rotten page is noticed"),
    ],
)
def test_postgres_runs_with(running: StateFolder, setting: str, expected: str) -> None:
    with psycopg.connect(running.database_url) as connection:
        row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()

    assert row == (expected,)


def test_servers_listen_on_no_network(running: StateFolder) -> None:
    found = servers(running)

    assert {process.name() for process in found} == {"postgres", "valkey-server"}
    assert [each for process in found for each in process.net_connections("inet")] == []


def test_servers_folders_are_closed_to_others(running: StateFolder) -> None:
    folders = [running.state, running.postgres, running.valkey, running.sockets]

    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


def test_valkey_keeps_nothing(running: StateFolder) -> None:
    with Redis(unix_socket_path=str(running.valkey_socket), decode_responses=True) as client:
        settings = client.config_get("save", "appendonly", "port")

    assert settings == {"save": "", "appendonly": "no", "port": "0"}


def test_ensure_running_finds_them_running(running: StateFolder) -> None:
    before = {found.pid for found in servers(running)}

    start(running)

    assert {found.pid for found in servers(running)} == before
    assert len(before) == 2


def test_a_port_of_the_environment_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, running: StateFolder
) -> None:
    monkeypatch.setenv("PGPORT", "6543")

    assert postgres.answers(running)


@pytest.mark.parametrize(
    ("moment", "everything"),
    [
        pytest.param(
            lambda state: any(state.state.glob("postgres.new-*")),
            False,
            id="initdb begins, only the command",
        ),
        pytest.param(
            lambda state: any(state.state.glob("postgres.new-*/PG_VERSION")),
            True,
            id="initdb works, everything",
        ),
        pytest.param(
            lambda state: state.postgres.exists(), False, id="the data are whole, only the command"
        ),
        pytest.param(
            lambda state: (state.postgres / "postmaster.pid").exists(),
            True,
            id="the server starts, everything",
        ),
        pytest.param(
            lambda state: (state.sockets / ".s.PGSQL.5432").exists(),
            False,
            id="the server listens, only the command",
        ),
        pytest.param(
            lambda state: state.valkey_socket.exists(), True, id="Valkey listens, everything"
        ),
    ],
)
def test_a_first_start_is_killed_when(
    state: StateFolder, moment: Callable[[StateFolder], bool], everything: bool
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


def test_eight_commands_at_once_on_a_fresh_folder(state: StateFolder) -> None:
    commands = [start_apart(state) for _ in range(8)]

    said = [command.communicate()[1] for command in commands]

    assert said == [""] * 8
    assert len(servers(state)) == 2


def test_stop_while_a_command_starts(state: StateFolder) -> None:
    starting = start_apart(state)
    wait_for(state.state.exists)

    stopping = run_python("-m", "dev.stop", LOCAL_STATE_DIR=str(state.state))

    assert (stopping.returncode, stopping.stderr) == (0, "")
    assert (starting.communicate()[1], starting.returncode) == ("", 0)
    start(state)
    assert postgres.answers(state)


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
def test_data_are_refused(state: StateFolder, version: str | None, sentence: str) -> None:
    state.postgres.mkdir(parents=True, mode=0o700)
    if version:
        (state.postgres / "PG_VERSION").write_text(version)

    with pytest.raises(ServiceFailed, match=sentence):
        start(state)


def test_create_database_says_that_nobody_serves_it(state: StateFolder) -> None:
    with pytest.raises(ServiceFailed, match="PostgreSQL does not serve us"):
        postgres.create_database(state)
