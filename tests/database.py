"""What only the owner of the database may do: switch our triggers off, for a moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

TRUNCATES = "(tgtype & 32) <> 0"
TRIGGERS = """
SELECT format('ALTER TABLE %s {change} TRIGGER %I', tgrelid::regclass, tgname)
FROM pg_trigger WHERE NOT tgisinternal AND {which} ORDER BY tgrelid, tgname
"""


@contextmanager
def tables_may_be_emptied() -> Iterator[None]:
    """Let TRUNCATE pass inside the block, on every table."""
    with triggers_off(TRUNCATES):
        yield


@contextmanager
def trigger_off(*names: str) -> Iterator[None]:
    """Switch the triggers of these names off inside the block."""
    with triggers_off("tgname = ANY(%(names)s)", names=list(names)):
        yield


@contextmanager
def every_trigger_off() -> Iterator[None]:
    """Switch all triggers of ours off inside the block."""
    with triggers_off("TRUE"):
        yield


@contextmanager
def triggers_off(which: str, **values: list[str]) -> Iterator[None]:
    """Switch the triggers off that a condition of pg_trigger names; ALWAYS on again after it."""
    change_triggers("DISABLE", which, values)
    try:
        yield
    finally:
        change_triggers("ENABLE ALWAYS", which, values)


def change_triggers(change: str, which: str, values: dict[str, list[str]]) -> None:
    """Change the triggers that a condition names; there must be some."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS.replace("{change}", change).replace("{which}", which), values)
        statements = [statement for (statement,) in cursor.fetchall()]
        assert statements, which
        cursor.execute("; ".join(statements))
