"""Django's migrate, made safe to start twice in the same moment."""

import time
from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import ProgrammingError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing

from core.locks import Lock

POLL_S = 0.2
RIGHTS = """
SELECT quote_ident(current_user), quote_ident(current_schema()), current_setting('search_path'),
    has_schema_privilege(current_schema(), 'CREATE')"""


class Command(migrate.Command):
    """Wait for another migrate to end, then find nothing left to do."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate under a lock of the session, for migrations commit one by one."""
        self.wait_for_lock()
        try:
            super().handle(*args, **options)
        except (MigrationSchemaMissing, ProgrammingError) as failure:
            self.refuse_missing_rights(failure)
            raise
        finally:
            if connection.is_usable():
                self.granted("pg_advisory_unlock")

    def wait_for_lock(self) -> None:
        """Take the lock once no other migrate holds it.

        Asked for again and again: a session that waits inside PostgreSQL holds a snapshot, on
        which the other's CREATE INDEX CONCURRENTLY would wait in turn.
        """
        told = False
        while not self.granted("pg_try_advisory_lock"):
            if not told:
                self.stderr.write("Another migrate is running; waiting for its end.")
                told = True
            time.sleep(POLL_S)

    def refuse_missing_rights(self, failure: Exception) -> None:
        """Say in one sentence that there is no schema to create in, or that the role may not.

        Raises:
            CommandError: that is so.
        """
        with connection.cursor() as cursor:
            cursor.execute(RIGHTS)
            role, schema, path, may_create = cursor.fetchone()
        if schema is None:
            raise CommandError(
                f"The database has no schema of the search path {path}: run CREATE SCHEMA, or name "
                "another with ?currentSchema=NAME in DATABASE_URL."
            ) from failure
        if not may_create:
            raise CommandError(
                f"The role {role} may not create in the schema {schema}: run GRANT CREATE ON "
                f"SCHEMA {schema} TO {role} as its owner, or name a schema of the role's own with "
                "?currentSchema=NAME in DATABASE_URL."
            ) from failure

    def granted(self, function: str) -> bool:
        """Call one of PostgreSQL's lock functions and return its answer."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, 0)", [int(Lock.MIGRATION)])
            return bool(cursor.fetchone()[0])
