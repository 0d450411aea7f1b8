"""Django's migrate, made safe to start twice in the same moment."""

import time
from typing import Any

from django.core.management.commands import migrate
from django.db import connection

from core.locks import Lock

POLL_S = 0.2


class Command(migrate.Command):
    """Wait for another migrate to end, then find nothing left to do."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate under a lock of the session, for migrations commit one by one."""
        self.wait_for_lock()
        try:
            super().handle(*args, **options)
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

    def granted(self, function: str) -> bool:
        """Call one of PostgreSQL's lock functions and return its answer."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, 0)", [int(Lock.MIGRATION)])
            return bool(cursor.fetchone()[0])
