"""Disable triggers inside a block, as only the database's owner can."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

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
    """Disable triggers inside the block; a rollback enables them again."""
    with connection.cursor() as cursor:
        # ALTER TABLE fails while deferred checks of the table are pending.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(switch_off(which))
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(switch_on(which))
