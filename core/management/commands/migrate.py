"""Django's migrate, as the database's owner, safe to run twice at the same time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import ProgrammingError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing

from core.granting import grant_rights
from core.locks import Lock
from core.rights import APP, READONLY

POLL_S = 0.2
RIGHTS = """
SELECT quote_ident(current_user), quote_ident(current_schema()), current_setting('search_path'),
    has_schema_privilege(current_schema(), 'CREATE')"""
PERSON = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


class Command(migrate.Command):
    """Wait until another migrate has ended, apply what is left, and grant the roles' rights."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate under a session lock, as each migration commits by itself."""
        with as_owner():
            self.wait_for_lock()
            try:
                super().handle(*args, **options)
                if not (options["plan"] or options["check_unapplied"]):
                    self.grant_rights()
            except (MigrationSchemaMissing, ProgrammingError) as failure:
                self.refuse_missing_rights(failure)
                raise
            finally:
                if connection.is_usable():
                    self.call_lock_function("pg_advisory_unlock")

    def grant_rights(self) -> None:
        """Grant the roles their rights on what there is now.

        Raises:
            CommandError: the application has a role of its own, and the database none of ours.
        """
        if not grant_rights() and settings.DATABASE_OWNER:
            raise CommandError(
                f"The database lacks the roles {APP} and {READONLY}: run core/sql/roles.sql in it "
                "as a superuser."
            )

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
        variable = "DATABASE_OWNER_URL" if settings.DATABASE_OWNER else "DATABASE_URL"
        with connection.cursor() as cursor:
            cursor.execute(RIGHTS)
            role, schema, path, may_create = cursor.fetchone()
        if schema is None:
            raise CommandError(
                f"The database has no schema of the search path {path}: run CREATE SCHEMA, or name "
                f"another with ?currentSchema=NAME in {variable}."
            ) from failure
        if not may_create and not settings.DATABASE_OWNER:
            raise CommandError(
                f"The role {role} may not create in the schema {schema}: name the schema's owner "
                "in DATABASE_OWNER_URL, which migrate connects as."
            ) from failure
        if not may_create:
            raise CommandError(
                f"The role {role} of DATABASE_OWNER_URL may not create in the schema {schema}: run "
                "core/sql/roles.sql in the database as a superuser."
            ) from failure

    def call_lock_function(self, function: str) -> bool:
        """Call one of PostgreSQL's advisory lock functions and return its result."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, 0)", [int(Lock.MIGRATION)])
            return bool(cursor.fetchone()[0])


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the role of DATABASE_OWNER_URL inside the block, where that is set."""
    if not settings.DATABASE_OWNER:
        yield
        return
    usual = {name: connection.settings_dict[name] for name in PERSON}
    connection.close()
    connection.settings_dict |= {name: settings.DATABASE_OWNER[name] for name in PERSON}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict |= usual
