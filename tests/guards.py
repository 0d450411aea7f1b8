"""What the database refuses by itself, and the proof that it does.

A guard is a CHECK, unique or exclusion constraint, a trigger, or a name under which a trigger
raises. ``refused_as`` expects a guard's refusal. The test that uses it has to leave an accepted
neighbour: a row in the guard's own table, written while the guard was in force. A run of all tests
fails where none of them proved a guard.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from tests.database import as_owner

DEMANDED, PROVED = "demanded_guard", "proved_guard"  # properties of a test's report
GUARDS = """
WITH ours AS (
    SELECT oid, relname FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
        AND relname ~ '^(core|bookings|campaign|entries|lottery|points)_'
), own AS (
    SELECT * FROM ours WHERE relname !~ '_(groups|user_permissions)$'  -- Django's
)
SELECT conname, relname FROM pg_constraint JOIN own ON own.oid = conrelid
WHERE contype IN ('c', 'u', 'x')
    AND conname !~ '_check$'  -- of a PositiveIntegerField, inside a constraint of ours
UNION
SELECT pg_class.relname, own.relname FROM pg_index
JOIN own ON own.oid = indrelid JOIN pg_class ON pg_class.oid = indexrelid
WHERE indisunique AND NOT indisprimary
UNION
SELECT COALESCE(raised.name, tgname), relname FROM pg_trigger
JOIN ours ON ours.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
LEFT JOIN LATERAL (
    SELECT found[1] AS name FROM regexp_matches(prosrc, 'CONSTRAINT = ''(\\w+)''', 'g') found
) raised ON TRUE
WHERE NOT tgisinternal AND (proname = 'core_refuse' OR prosrc LIKE '%RAISE EXCEPTION%')
"""
_refused: list[str] = []


@contextmanager
def refused_as(name: str) -> Iterator[None]:
    """Expect what runs inside to be refused by the guard of this name, to the owner as well.

    The application may not even try most of it (tests/core/test_rights.py).
    """
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), as_owner():
        yield
    assert isinstance(caught.value.__cause__, psycopg.Error)
    assert caught.value.__cause__.diag.constraint_name == name
    _refused.append(name)


def sql(statement: str, *parameters: Any) -> int:
    """Execute a statement past the ORM, as the owner; return how many rows it touched."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return int(cursor.rowcount)


@cache
def guards() -> dict[str, set[str]]:
    """Return the tables that each guard is of."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        for name, table in cursor.fetchall():
            found.setdefault(name, set()).add(table)
    return found


def proved_guards() -> Iterator[str]:
    """Yield the guards that this test saw refuse, having checked that each has a neighbour."""
    for name in dict.fromkeys(_refused):
        tables = guards().get(name)
        if tables:  # a primary or foreign key is proved as well, and not demanded
            assert any(map(has_rows, tables)), f"{name} accepts no neighbour in this test"
            yield name


def forget_refusals() -> None:
    """Forget the refusals of this test."""
    _refused.clear()


def has_rows(table: str) -> bool:
    """Return whether a table holds any row."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {connection.ops.quote_name(table)})")
        return bool(cursor.fetchone()[0])


class GuardsOfARun:
    """A plugin of the process that every test is reported to: no guard may be left unproved."""

    def __init__(self) -> None:
        self.of: dict[str, set[str]] = {DEMANDED: set(), PROVED: set()}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name in self.of:
                self.of[name].add(str(value))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.unproved(session.config) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        for name in self.unproved(config):
            terminalreporter.write_line(f"UNPROVED: no test saw {name} refuse.", red=True)

    def unproved(self, config: pytest.Config) -> list[str]:
        """Return the guards without a proof; a part of the tests has to prove none."""
        is_whole = config.args_source is not pytest.Config.ArgsSource.ARGS
        if not is_whole or config.option.keyword or config.option.lf:
            return []
        return sorted(self.of[DEMANDED] - self.of[PROVED])
