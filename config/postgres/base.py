"""Django's backend for PostgreSQL, on servers that fail over and have defaults of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from types import TracebackType
from typing import Any
from weakref import WeakSet

import psycopg
from django.db import OperationalError
from django.db.backends import utils
from django.db.backends.postgresql import base, schema
from django.db.utils import DatabaseErrorWrapper
from psycopg import errors

from bookings.refusals import Refusal
from config.database import SESSION

OLDEST_SERVER = 16
# psycopg counts these as errors of PostgreSQL's inside: a server that was demoted to a standby, and
# two that ended our connection.
GONE = (
    errors.ReadOnlySqlTransaction,
    errors.IdleInTransactionSessionTimeout,
    errors.TransactionTimeout,
)
# What must hold and no connection of ours may set.
FACTS = {"server_encoding": "UTF8", "session_replication_role": "origin"}
NEEDED = {**SESSION, **FACTS}
ASK = f"SELECT {', '.join(f'current_setting({name!r}, TRUE)' for name in NEEDED)}"
WAY_OUT = "remove what sets it: a variable of libpq (PGDATESTYLE, PGTZ) or ALTER ROLE … SET"
WAYS_OUT = {"server_encoding": "create the database with the encoding UTF8"}
POOLER = (
    "A connection pooler stands between the program and PostgreSQL and does not pass on the "
    "settings of a connection: name PostgreSQL itself in DATABASE_URL; DATABASE_POOL limits the "
    "connections."
)


class UnfitConnection(Refusal, OperationalError):
    """A connection on which the program would not do what it promises."""


class ErrorWrapper(DatabaseErrorWrapper):
    """Turn psycopg's errors into Django's; a server that serves us no longer is operational."""

    wrapper: base.DatabaseWrapper

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Raise Django's error in place of psycopg's."""
        if isinstance(exc_value, GONE):
            self.wrapper.errors_occurred = True
            raise OperationalError(*exc_value.args).with_traceback(traceback) from exc_value
        super().__exit__(exc_type, exc_value, traceback)


class CursorWrapper(utils.CursorWrapper):
    """Django's cursor, whose COPY raises Django's errors like every other statement."""

    @contextmanager
    def copy(self, statement: Any, params: Any = None) -> Iterator[psycopg.Copy]:
        """Copy from or to the server."""
        with self.db.wrap_database_errors, self.cursor.copy(statement, params) as copy:
            yield copy


class SchemaEditor(schema.DatabaseSchemaEditor):
    """Put all that a migration makes into one schema, the first of the search path."""

    def execute(self, sql: Any, params: Any = ()) -> None:
        """Execute a statement; pgtrigger would have its function in ``public`` in any case."""
        if isinstance(sql, str):
            sql = sql.replace('"public"._pgtrigger', f"{self.current_schema}._pgtrigger")
        super().execute(sql, params)

    @cached_property
    def current_schema(self) -> str:
        """The schema in which tables are made, quoted."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT quote_ident(current_schema())")
            return str(cursor.fetchone()[0])


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that has our settings and leaves a server that takes no writes."""

    SchemaEditorClass = SchemaEditor
    # Connections that were looked at; one of a pool begins anew for every request.
    known_fit: "WeakSet[psycopg.Connection[Any]]" = WeakSet()

    @cached_property
    def wrap_database_errors(self) -> DatabaseErrorWrapper:
        """Return what turns psycopg's errors into Django's."""
        return ErrorWrapper(self)

    def make_cursor(self, cursor: Any) -> CursorWrapper:
        """Wrap a cursor of psycopg."""
        return CursorWrapper(cursor, self)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, or take a connection out of the pool that takes writes.

        Raises:
            UnfitConnection: a pooler refuses the settings.
        """
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.OperationalError as failure:
            if "unsupported startup parameter" in str(failure):  # as PgBouncer says it
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
        """Look whether a new connection is as the program needs it.

        Raises:
            UnfitConnection: it is not; it is closed.
        """
        if self.connection not in self.known_fit:
            if sentence := unfitness(self.connection):
                self.close()
                raise UnfitConnection(sentence)
            self.known_fit.add(self.connection)
        super().init_connection_state()

    def is_usable(self) -> bool:
        """Return whether the server answers and takes writes.

        Django asks before a kept connection is used again and after an error, and closes one that
        is not usable. A server that was demoted answers for as long as it lives.
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
    """Return in one sentence why a connection is not as the program needs it; None where it is."""
    major = connection.info.server_version // 10_000
    if major < OLDEST_SERVER:
        return (
            f"The program needs PostgreSQL {OLDEST_SERVER} or newer and this is {major}: "
            "name another server in DATABASE_URL."
        )
    found = dict(zip(NEEDED, connection.execute(ASK).fetchone() or (), strict=True))
    if found["pgtrigger.ignore"] is None:
        return POOLER
    for name, value in found.items():
        if value != NEEDED[name]:
            return (
                f'The connection to the database has {name} "{value}" and the program needs '
                f'"{NEEDED[name]}"; {WAYS_OUT.get(name, WAY_OUT)}.'
            )
    return None
