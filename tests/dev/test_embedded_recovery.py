"""The embedded servers after every kind of death: there again, with all that was committed."""

import os
import time
from contextlib import closing
from pathlib import Path

import psutil
import psycopg
import pytest

from dev.embedded import postgres, processes, services, valkey
from dev.embedded.state_folder import StateFolder
from tests.dev.embedded import keep, kept, servers, start, wait_for
from tests.outside import kill_all, state_folder

pytestmark = pytest.mark.slow


def test_committed_rows_survive_the_death_of_everything(running: StateFolder) -> None:
    for value in (2, 3):
        keep(running, value)
        kill_all(running)
        assert not postgres.answers(running)
        assert not valkey.answers(running)
        start(running)

    assert kept(running) == [1, 2, 3]


def test_open_transactions_die_with_the_server(running: StateFolder) -> None:
    with closing(psycopg.connect(running.owner_url)) as connection:
        connection.execute("INSERT INTO kept VALUES (2)")
        kill_all(running)

        start(running)

    assert kept(running) == [1]


def test_a_working_backend_that_outlived_its_server_is_ended(running: StateFolder) -> None:
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


def test_a_stale_pid_file_is_no_obstacle(running: StateFolder) -> None:
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
def test_a_server_that_lost_a_file_is_reached_again(running: StateFolder, lost: list[str]) -> None:
    server = postgres.postmaster(running)
    assert server
    wait_for(lambda: time.time() - server.create_time() > postgres.WRITING_S)
    for name in lost:
        (running.sockets / name if name.startswith(".") else running.state / name).unlink()

    start(running)

    assert kept(running) == [1]
    assert len(servers(running)) == 2
    services.stop(running.state)  # a server without its file would end in the midst of a test


def test_stop_leaves_nothing_and_may_be_repeated(running: StateFolder) -> None:
    assert services.stop(running.state) == ["Valkey", "PostgreSQL"]
    assert services.stop(running.state) == []
    assert servers(running) == []

    start(running)
    assert kept(running) == [1]


def test_a_server_that_waits_for_its_clients_to_leave_is_replaced(running: StateFolder) -> None:
    server = postgres.postmaster(running)
    assert server
    with closing(psycopg.connect(running.database_url)):
        server.terminate()  # as a system does that shuts down: no new client, the old may stay
        wait_for(lambda: not postgres.answers(running))

        start(running)

    assert kept(running) == [1]


def test_a_moved_checkout_finds_its_server(state: StateFolder, tmp_path: Path) -> None:
    start(state)
    keep(state, 1)
    state.state.rename(tmp_path / "moved")

    with state_folder(tmp_path / "moved") as moved:
        start(moved)

        assert kept(moved) == [1]
        assert len(servers(moved)) == 2


def test_a_killed_valkey_alone_is_replaced(running: StateFolder) -> None:
    server = postgres.postmaster(running)
    for process in servers(running):
        if process != server:
            process.kill()
    wait_for(lambda: not valkey.answers(running))

    start(running)

    assert valkey.answers(running)
    assert postgres.postmaster(running) == server
