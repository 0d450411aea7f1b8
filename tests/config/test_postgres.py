"""Connections have our settings on any server, and leave a server that takes no writes."""

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest.mock import Mock

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, ProgrammingError, close_old_connections
from django.db import connection as default
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from pytest_django import Settings

from campaign.models import Terms
from config.celery import app
from config.database import SESSION, connection_settings
from config.postgres.base import (
    POOLER,
    REQUIRED,
    SUPERUSER,
    DatabaseWrapper,
    UnfitConnection,
    unfitness,
)
from core.errors import DATABASE_AWAY
from tests.factories.campaign import TermsFactory

TAKES_NO_WRITES = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"


def look(connection: BaseDatabaseWrapper, statement: str) -> Any:
    """Return the first value of a statement's result."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def run(connection: BaseDatabaseWrapper, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def connected(**options: Any) -> Iterator[DatabaseWrapper]:
    """Open another connection to the tests' database, with other options."""
    pool = {"CONN_MAX_AGE": 0} if options.get("pool") else {}
    found = default.settings_dict
    settings = {**found, "OPTIONS": found["OPTIONS"] | options, **pool}
    wrapper = DatabaseWrapper(settings, default.alias)
    try:
        yield wrapper
    finally:
        wrapper.close()
        wrapper.close_pool()


class TestSettings:
    """The program's own, whatever a server, a database or a role has."""

    pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("odd_defaults")]

    def test_the_database_has_others(self, odd_defaults: dict[str, str]) -> None:
        with psycopg.connect(**bare_address()) as plain:
            for name, value in odd_defaults.items():
                found = plain.execute(f"SHOW {name}").fetchone()
                assert found == (value,), name
        assert odd_defaults.keys() == SESSION.keys() - {"dodonto.session"}

    @pytest.mark.parametrize("name", SESSION)
    def test_a_connection_has_ours(self, name: str) -> None:
        assert look(default, f"SHOW {name}") == SESSION[name]

    def test_a_transaction_sees_what_was_committed_while_it_waited(self) -> None:
        assert look(default, "SHOW transaction_isolation") == "read committed"

    def test_instants_come_back_as_they_were(self) -> None:
        terms = TermsFactory.create()
        assert Terms.objects.get().opens_at == terms.opens_at

    def test_a_pages_values_are_read(self, client: Client) -> None:
        TermsFactory.create(published=True)
        assert client.get("/", follow=True).status_code == 200


def bare_address() -> dict[str, Any]:
    """Return the address of the tests' database, without our settings."""
    requested = default.get_connection_params()
    return {
        name: requested[name] for name in ("dbname", "user", "host", "port") if name in requested
    }


@pytest.mark.django_db
class TestUnfit:
    """A connection is refused where our settings cannot be made to hold."""

    @pytest.mark.parametrize("given", ["", "-c search_path=public"])
    def test_a_pooler_that_drops_the_settings_is_refused(self, given: str) -> None:
        with connected(options=given) as dropped:
            for _ in range(2):  # also when asked again: the connection is not left open
                with pytest.raises(UnfitConnection) as refused:
                    dropped.ensure_connection()
                assert str(refused.value) == POOLER
            assert dropped.connection is None

    def test_a_pooler_that_refuses_the_settings_is_refused(self) -> None:
        with refusing_pooler() as port, connected() as refused:
            refused.settings_dict = {**refused.settings_dict, "HOST": "127.0.0.1", "PORT": port}
            refused.settings_dict["OPTIONS"].pop("host", None)
            refused.settings_dict["OPTIONS"].pop("port", None)
            with pytest.raises(UnfitConnection) as failed:
                refused.ensure_connection()
        assert str(failed.value) == POOLER

    def test_disabled_triggers_are_refused(self) -> None:
        ours = default.settings_dict["OPTIONS"]["options"]
        with (
            connected(options=f"{ours} -c session_replication_role=replica") as unsafe,
            pytest.raises(UnfitConnection, match=r'session_replication_role "replica".*"origin"'),
        ):
            unsafe.ensure_connection()

    def test_a_variable_of_libpq_that_goes_before_our_settings(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PGDATESTYLE", "SQL, DMY")
        with (
            connected() as odd,
            pytest.raises(UnfitConnection, match=r'DateStyle "SQL, DMY".*"ISO, MDY".*PGDATESTYLE'),
        ):
            odd.ensure_connection()

    def test_it_is_as_if_the_database_were_away(self) -> None:
        assert issubclass(UnfitConnection, DATABASE_AWAY)


@pytest.mark.parametrize(
    ("version", "differs", "sentence"),
    [
        pytest.param(160_000, {}, None, id="the oldest server"),
        pytest.param(
            159_999,
            {},
            "The program needs PostgreSQL 16 or newer and this is 15: "
            "name another server in DATABASE_URL.",
            id="a server that is too old",
        ),
        pytest.param(
            180_000,
            {"server_encoding": "SQL_ASCII"},
            'The connection to the database has server_encoding "SQL_ASCII" and the program needs '
            '"UTF8"; create the database with the encoding UTF8.',
            id="an encoding without our letters",
        ),
    ],
)
def test_unfitness_names_the_remedy(
    version: int, differs: dict[str, str], sentence: str | None
) -> None:
    server = Mock(spec=["info", "execute"])
    server.info.server_version = version
    server.execute.return_value.fetchone.return_value = tuple((REQUIRED | differs).values())

    assert unfitness(server) == sentence


@pytest.mark.parametrize(
    ("production", "superuser", "sentence"),
    [
        pytest.param(True, "off", None, id="the application"),
        pytest.param(True, "on", SUPERUSER, id="a superuser"),
        pytest.param(False, "on", None, id="a developer's superuser"),
    ],
)
def test_production_refuses_a_superuser(
    *, production: bool, superuser: str, sentence: str | None, settings: Settings
) -> None:
    settings.PRODUCTION = production
    server = Mock(spec=["info", "execute"])
    server.info.server_version = 180_000
    server.info.parameter_status.side_effect = {"is_superuser": superuser}.get
    server.execute.return_value.fetchone.return_value = tuple(REQUIRED.values())

    assert unfitness(server) == sentence


@contextmanager
def refusing_pooler() -> Iterator[int]:
    """Answer connection requests as PgBouncer answers ``options``; yield the port."""
    fields = {b"S": b"FATAL", b"C": b"08P01", b"M": b"unsupported startup parameter: options"}
    body = b"".join(kind + text + b"\0" for kind, text in fields.items()) + b"\0"
    no_encryption = {80877103, 80877104}  # asks for TLS or GSSAPI

    def answer(server: socket.socket) -> None:
        with suppress(OSError):  # closed at the end
            while True:
                visitor, _ = server.accept()
                with visitor:
                    while struct.unpack("!II", visitor.recv(1024)[:8])[1] in no_encryption:
                        visitor.sendall(b"N")
                    visitor.sendall(b"E" + struct.pack("!I", len(body) + 4) + body)

    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=answer, args=[server])
        answering.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        answering.join()


class TestAway:
    """A database that is away raises the same errors everywhere."""

    pytestmark = pytest.mark.django_db

    @pytest.mark.parametrize(
        "code",
        [
            pytest.param("08006", id="the connection is lost"),
            pytest.param("25006", id="a standby"),
            pytest.param("25P03", id="ended while we computed"),
            pytest.param("25P04", id="ended in a long transaction"),
            pytest.param("40001", id="serialization"),
            pytest.param("40P01", id="deadlock"),
            pytest.param("53300", id="too many connections"),
            pytest.param("55P03", id="a lock was not to be had"),
            pytest.param("57014", id="cancelled"),
            pytest.param("57P01", id="shut down"),
            pytest.param("57P02", id="crashed"),
            pytest.param("57P03", id="starting up"),
            pytest.param("57P05", id="ended while idle"),
            pytest.param("58030", id="its disk failed"),
        ],
    )
    def test_a_lost_server_is_operational(self, code: str) -> None:
        with pytest.raises(DATABASE_AWAY) as failed, connected() as own:
            run(own, f"DO $$ BEGIN RAISE 'gone' USING ERRCODE = '{code}'; END $$")
        assert getattr(failed.value.__cause__, "sqlstate", None) == code

    @pytest.mark.parametrize("code", ["22012", "23505", "25P02", "42501", "42P01", "P0001"])
    def test_a_programming_error_is_not_operational(self, code: str) -> None:
        with pytest.raises(DatabaseError) as failed, connected() as own:
            run(own, f"DO $$ BEGIN RAISE 'wrong' USING ERRCODE = '{code}'; END $$")
        assert not isinstance(failed.value, DATABASE_AWAY)

    def test_a_copy_fails_like_every_statement(self) -> None:
        with connected() as own, own.cursor() as cursor:
            cursor.execute("SET ROLE NONE")  # the superuser, who may end a session of its own
            with pytest.raises(ProgrammingError), cursor.copy("COPY nowhere FROM STDIN"):
                pass
            with (
                pytest.raises(OperationalError),
                cursor.copy(
                    "COPY (SELECT pg_terminate_backend(pg_backend_pid())) TO STDOUT"
                ) as out,
            ):
                list(out)


def test_every_task_is_tried_again() -> None:
    app.loader.import_default_modules()
    again = {
        name: getattr(task, "autoretry_for", None)
        for name, task in app.tasks.items()
        if not name.startswith(("celery.", "tests."))
    }
    assert again == dict.fromkeys(again, DATABASE_AWAY)
    apps = {"campaign", "core", "entries", "lottery", "points"}
    assert {name.split(".")[0] for name in again} == apps


class TestDemoted:
    """A server that was demoted during a connection; its address now belongs to another."""

    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.fixture(autouse=True)
    def _demoted(self) -> Iterator[None]:
        run(default, TAKES_NO_WRITES)
        yield
        default.close()

    def test_a_write_fails_as_if_the_database_were_away(self) -> None:
        with pytest.raises(OperationalError) as failed:
            TermsFactory.create()
        assert getattr(failed.value.__cause__, "sqlstate", None) == "25006"

    def test_readiness_reports_it(self, client: Client) -> None:
        response = client.get("/healthz/ready")
        assert (response.status_code, response.json()["database"]) == (503, False)

    def test_a_command_reports_it_as_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(CommandError, match="read-only transaction") as failed:
            call_command("staff", "add", "somebody", "--role", "ops", "--generate", "--json")
        assert json.loads(capsys.readouterr().out) == {"error": str(failed.value)}

    def test_the_connection_is_closed_after_the_request(self) -> None:
        with pytest.raises(OperationalError):
            TermsFactory.create()
        close_old_connections()
        assert TermsFactory.create().pk

    def test_the_connection_is_closed_before_the_next_request(self) -> None:
        close_old_connections()
        assert TermsFactory.create().pk

    def test_a_pool_returns_no_connection_that_is_read_only(self) -> None:
        with connected(pool={"min_size": 1, "max_size": 1, "timeout": 10}) as pooled:
            before = look(pooled, "SELECT pg_backend_pid()")
            pooled.close()
            assert look(pooled, "SELECT pg_backend_pid()") == before
            run(pooled, TAKES_NO_WRITES)
            pooled.close()

            assert look(pooled, "SHOW transaction_read_only") == "off"
            assert look(pooled, "SELECT pg_backend_pid()") != before

    def test_no_new_connection_to_it_is_made(self) -> None:
        ours = default.settings_dict["OPTIONS"]["options"]
        with (
            connected(options=f"{ours} -c default_transaction_read_only=on") as demoted,
            pytest.raises(OperationalError, match="read-only"),
        ):
            demoted.ensure_connection()


def test_a_standby_is_used_only_where_the_address_asks_for_it() -> None:
    address = {"OPTIONS": {"target_session_attrs": "any", "options": "-c search_path=app"}}

    options = connection_settings(address, pool_size=None)["OPTIONS"]

    assert options["target_session_attrs"] == "any"
    assert options["options"].startswith(
        r"-c search_path=app -c default_transaction_isolation=read\ committed -c "
    )
