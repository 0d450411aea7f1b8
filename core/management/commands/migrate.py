"""Django's migrate, safe to run twice at the same time."""

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
    """Wait until another migrate has ended, then apply what is left."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate under a session lock, as each migration commits by itself."""
        self.wait_for_lock()
        try:
            super().handle(*args, **options)
        except (MigrationSchemaMissing, ProgrammingError) as failure:
            self.refuse_missing_rights(failure)
            raise
        finally:
            if connection.is_usable():
                self.call_lock_function("pg_advisory_unlock")

    def wait_for_lock(self) -> None:
        """Acquire the lock once no other migrate holds it.

        By polling: a session that waits in PostgreSQL holds a snapshot, for which the other's
        CREATE INDEX CONCURRENTLY would wait.
        """
        has_reported = False
        while not self.call_lock_function("pg_try_advisory_lock"):
            if not has_reported:
                self.stderr.write("Another migrate is running; waiting for its end.")
                has_reported = True
            time.sleep(POLL_S)

    def refuse_missing_rights(self, failure: Exception) -> None:
        """Raise where the schema is missing or the role may not create in it.

        Raises:
            CommandError: there is no schema, or no right to create in it.
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

    def call_lock_function(self, function: str) -> bool:
        """Call one of PostgreSQL's advisory lock functions and return its result."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, 0)", [int(Lock.MIGRATION)])
            return bool(cursor.fetchone()[0])
