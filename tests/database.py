"""Be another role of the database inside a block, and disable triggers as only its owner can.

The tests' session is the superuser's and its role the application's, so that a test in its one
transaction may become the owner. tests/core/test_rights.py connects as the application itself.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg.pq import TransactionStatus

from core.locks import Lock
from core.rights import APP, OWNER
from dev.embedded.postgres import make_roles
from dev.embedded.state_folder import SUPERUSER, StateFolder

EVERY, OF_TRUNCATE = "TRUE", "(tgtype & 32) <> 0"
SWITCH = """
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT tgrelid::regclass AS place, tgname FROM pg_trigger
        WHERE NOT tgisinternal AND {which} ORDER BY tgrelid, tgname
    LOOP
        EXECUTE format('ALTER TABLE %s {change} TRIGGER %I', one.place, one.tgname);
    END LOOP;
END $$
"""


def switch_off(which: str = EVERY) -> str:
    """Return the statement that disables the triggers that a condition of pg_trigger names."""
    return SWITCH.format(which=which, change="DISABLE")


def switch_on(which: str = EVERY) -> str:
    """Return the statement that enables them again as the schema does."""
    return SWITCH.format(which=which, change="ENABLE ALWAYS")


def address_of(role: str) -> str:
    """Return the address at which a role connects to the tests' database."""
    places = StateFolder(Path(settings.LOCAL_STATE_DIR))
    return places.database_address(connection.settings_dict["NAME"], role)


@contextmanager
def sessions_of_the_application() -> Iterator[None]:
    """Be the application on every connection that is opened inside the block.

    The connection's user is the superuser. The roles are made first: a database that was copied
    lacks the rights on the database itself.
    """
    with connection._nodb_cursor() as cursor:
        # Roles are of the whole server: workers that make them at once would fail.
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [int(Lock.MIGRATION)])
        make_roles(address_of(SUPERUSER))
    options = connection.settings_dict["OPTIONS"]
    usual = options["options"]
    connection.close()
    options["options"] = f"{usual} -c role={APP}"
    try:
        yield
    finally:
        connection.close()
        options["options"] = usual


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """Be another role inside the block; NONE is the superuser."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_setting('role'))")
        before = cursor.fetchone()[0]
        cursor.execute(f"SET ROLE {role}")
    try:
        yield
    finally:
        here = connection.connection
        # A rollback undoes it where a failure waits for one.
        if here and here.info.transaction_status != TransactionStatus.INERROR:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {before}")


def as_owner() -> AbstractContextManager[None]:
    """Be the owner of the schema inside the block."""
    return as_role(OWNER)


def as_superuser() -> AbstractContextManager[None]:
    """Be the superuser inside the block."""
    return as_role("NONE")


@contextmanager
def tables_may_be_emptied() -> Iterator[None]:
    """Allow TRUNCATE on every table inside the block."""
    with triggers_off(OF_TRUNCATE):
        yield


@contextmanager
def every_trigger_off() -> Iterator[None]:
    """Disable all triggers inside the block."""
    with triggers_off(EVERY):
        yield


@contextmanager
def trigger_off(*names: str) -> Iterator[None]:
    """Disable the triggers of these names inside the block."""
    with triggers_off(f"tgname IN ({', '.join(map(repr, names))})"):
        yield


@contextmanager
def triggers_off(which: str) -> Iterator[None]:
    """Be the owner with triggers disabled inside the block; a rollback enables them again."""
    with as_owner(), connection.cursor() as cursor:
        # ALTER TABLE fails while deferred checks of the table are pending.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(switch_off(which))
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(switch_on(which))
