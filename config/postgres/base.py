"""Django's PostgreSQL backend, for servers that fail over and have other defaults."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from types import TracebackType
from typing import Any
from weakref import WeakSet

import psycopg
from django.conf import settings
from django.db import OperationalError
from django.db.backends import utils
from django.db.backends.postgresql import base
from django.db.utils import DatabaseErrorWrapper
from psycopg import errors

from config.database import SESSION
from core.errors import Refusal

MIN_SERVER_VERSION = 16
# psycopg classes these as internal errors: a server that was demoted to a standby, and two that
# end the connection.
GONE = (
    errors.ReadOnlySqlTransaction,
    errors.IdleInTransactionSessionTimeout,
    errors.TransactionTimeout,
)
# Required as well, but not settable by a connection.
SERVER_SETTINGS = {"server_encoding": "UTF8", "session_replication_role": "origin"}
REQUIRED = {**SESSION, **SERVER_SETTINGS}
READ_SETTINGS = f"SELECT {', '.join(f'current_setting({name!r}, TRUE)' for name in REQUIRED)}"
REMEDY = "remove what sets it: a variable of libpq (PGDATESTYLE, PGTZ) or ALTER ROLE … SET"
REMEDIES = {"server_encoding": "create the database with the encoding UTF8"}
POOLER = (
    "A connection pooler stands between the program and PostgreSQL and does not pass on the "
    "settings of a connection: name PostgreSQL itself in DATABASE_URL; DATABASE_POOL limits the "
    "connections."
)
SUPERUSER = (
    "Production does not run as a superuser of the database: name the application's role in "
    "DATABASE_URL, and for migrate the owner's in DATABASE_OWNER_URL."
)


class UnfitConnection(Refusal, OperationalError):
    """The connection lacks settings that the program relies on."""


class ErrorWrapper(DatabaseErrorWrapper):
    """Convert psycopg's errors to Django's, those of a lost server to OperationalError."""

    wrapper: base.DatabaseWrapper

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Raise Django's error instead of psycopg's."""
        if isinstance(exc_value, GONE):
            self.wrapper.errors_occurred = True
            raise OperationalError(*exc_value.args).with_traceback(traceback) from exc_value
        super().__exit__(exc_type, exc_value, traceback)


class CursorWrapper(utils.CursorWrapper):
    """Django's cursor, with COPY that raises Django's errors."""

    @contextmanager
    def copy(self, statement: Any, params: Any = None) -> Iterator[psycopg.Copy]:
        """Copy from or to the server."""
        with self.db.wrap_database_errors, self.cursor.copy(statement, params) as copy:
            yield copy


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection with our settings, never to a server that is read-only."""

    # Connections already checked; one from a pool is initialised at every request.
    checked_connections: "WeakSet[psycopg.Connection[Any]]" = WeakSet()

    @cached_property
    def wrap_database_errors(self) -> DatabaseErrorWrapper:
        """Return the converter of psycopg's errors."""
        return ErrorWrapper(self)

    def make_cursor(self, cursor: Any) -> CursorWrapper:
        """Wrap psycopg's cursor in ours."""
        return CursorWrapper(cursor, self)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, or get a connection that takes writes from the pool.

        Raises:
            UnfitConnection: a pooler refuses the settings.
        """
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.OperationalError as failure:
            if "unsupported startup parameter" in str(failure):  # the words of PgBouncer
                raise UnfitConnection(POOLER) from failure
            raise
        for _ in range(self.pool.max_size if self.pool else 0):
            if takes_writes(connection):
                break
            connection.close()
            self.pool.putconn(connection)
            connection = self.pool.getconn()
        return connection

    def init_connection_state(self) -> None:
        """Check that a new connection has the required settings.

        Raises:
            UnfitConnection: it has not; the connection is closed.
        """
        if self.connection not in self.checked_connections:
            if sentence := unfitness(self.connection):
                self.close()
                raise UnfitConnection(sentence)
            self.checked_connections.add(self.connection)
        super().init_connection_state()

    def is_usable(self) -> bool:
        """Return whether the server answers and takes writes.

        Django calls this before it reuses a connection and after an error, and closes one that is
        not usable. A demoted server still answers queries.
        """
        return self.connection is not None and takes_writes(self.connection)


def takes_writes(connection: "psycopg.Connection[Any]") -> bool:
    """Return whether the server answers and its transactions may write."""
    try:
        row = connection.execute("SHOW transaction_read_only").fetchone()
    except psycopg.Error:
        return False
    return row == ("off",)


def unfitness(connection: "psycopg.Connection[Any]") -> str | None:
    """Return a sentence on the first setting that a connection lacks; None without any."""
    major = connection.info.server_version // 10_000
    if major < MIN_SERVER_VERSION:
        return (
            f"The program needs PostgreSQL {MIN_SERVER_VERSION} or newer and this is {major}: "
            "name another server in DATABASE_URL."
        )
    if settings.PRODUCTION and connection.info.parameter_status("is_superuser") == "on":
        return SUPERUSER
    found = dict(zip(REQUIRED, connection.execute(READ_SETTINGS).fetchone() or (), strict=True))
    if found["dodonto.session"] is None:
        return POOLER
    for name, value in found.items():
        if value != REQUIRED[name]:
            return (
                f'The connection to the database has {name} "{value}" and the program needs '
                f'"{REQUIRED[name]}"; {REMEDIES.get(name, REMEDY)}.'
            )
    return None
