"""The tests' databases: migrated once, copied for each worker, and restored after a test.

The migrated database stays on the server, named by a hash of what makes it, so that the next run
copies it as well. It is empty but for what migrations and ``post_migrate`` write.
"""

import hashlib

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from core.locks import Lock
from dev.embedded.postgres import make_roles
from dev.embedded.state_folder import StateFolder
from tests.database import as_owner, tables_may_be_emptied
from tests.outside import ROOT

PREFIX = "migrated_"
DRAFT = f"{PREFIX}draft"
MAX_DATABASES = 3
MADE_OF = (
    "*/migrations/*.py",
    "*/sql/*.sql",
    "*/data/network/*.csv",
    "*/models.py",
    "*/models/*.py",
    "core/granting.py",
    "core/rights.py",
    "core/roles.py",
    "requirements-dev.lock",
)
NAMES = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC"
TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY relname
"""
Content = dict[str, bytes]


def schema_hash() -> str:
    """Return a hash of every file that a migrated database is made of."""
    digest = hashlib.sha256()
    for file in sorted({file for pattern in MADE_OF for file in ROOT.glob(pattern)}):
        digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def ensure_migrated_database() -> str:
    """Return the name of a migrated database to copy, and create it where there is none."""
    name = f"{PREFIX}{schema_hash()}"
    with connection._nodb_cursor() as cursor:
        # Workers that start together wait here for the first one.
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [int(Lock.MIGRATION)])
        cursor.execute(NAMES, [PREFIX])
        names = [row[0] for row in cursor.fetchall()]
        if name not in names:
            create_migrated_database()
            cursor.execute(f'ALTER DATABASE "{DRAFT}" RENAME TO "{name}"')
            for old in [one for one in names if one != DRAFT][MAX_DATABASES - 1 :]:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
    return name


def create_migrated_database() -> None:
    """Migrate a database under the draft's name; the connection is as before afterwards."""
    usual = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{DRAFT}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{DRAFT}"')
    make_roles(StateFolder(settings.LOCAL_STATE_DIR).database_address(DRAFT))
    connection.close()
    connection.settings_dict["NAME"] = DRAFT
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def read_content() -> Content:
    """Return the rows of every table that has any, as COPY writes them."""
    return {table: rows for table in tables() if (rows := read_rows(table))}


def restore_content(made: Content) -> None:
    """Leave in the tables exactly the rows that were read before."""
    changed = any(read_rows(table) != rows for table, rows in made.items())
    filled = [table for table in tables() if table not in made and has_rows(table)]
    if not changed and not filled:
        return
    emptied = ", ".join(f'"{table}"' for table in [*filled, *(made if changed else [])])
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        with tables_may_be_emptied():
            # This empties what refers to them as well; no table that migrations fill does.
            cursor.execute(f"TRUNCATE {emptied} CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in made if changed else []:
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(made[table])


def tables() -> list[str]:
    """Return the names of all tables."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [name for (name,) in cursor.fetchall()]


def has_rows(table: str) -> bool:
    """Return whether a table has any row."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
        return bool(cursor.fetchone()[0])


def read_rows(table: str) -> bytes:
    """Return the rows of a table in the order of its first column."""
    statement = f'COPY (SELECT * FROM "{table}" ORDER BY 1, 2) TO STDOUT'
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return b"".join(copy)
