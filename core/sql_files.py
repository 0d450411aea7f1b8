"""SQL in files: ``<app>/sql/<name>.sql``."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

from django.apps import apps as every_app
from django.db import connection, migrations
from django.db.backends.utils import CursorWrapper
from psycopg import sql

# A user who may create temporary tables could otherwise put one before ours (pg_temp comes first
# where a path does not name it), so that a trigger would read that one.
FIXED_PATH = "SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', TRUE)"


@cache
def read_sql(app: str, name: str) -> str:
    """Return the text of an app's SQL file."""
    folder = Path(every_app.get_app_config(app).path)
    return (folder / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def compose_sql(app: str, name: str, **parts: sql.Composable) -> sql.Composed:
    """Return an app's statement with its {named} parts put in; values stay %(named)s."""
    text = sql.SQL(read_sql(app, name))
    return text.format(**parts)


def name_values(
    query: str, values: Sequence[Any], prefix: str
) -> tuple[sql.Composed, dict[str, Any]]:
    """Return a query compiled by Django as a part of a statement with named values.

    Args: ``prefix``: the values are named ``<prefix>_<number>``, so that two parts share no name.
    """
    named = {f"{prefix}_{number}": value for number, value in enumerate(values)}
    texts = query.split("%s")
    parts: list[sql.Composable] = [sql.SQL(texts[0])]
    for text, name in zip(texts[1:], named, strict=True):
        parts += [sql.Placeholder(name), sql.SQL(text)]
    return sql.Composed(parts), named


@contextmanager
def local_settings(**values: str) -> Iterator[None]:
    """Change settings of the server inside the block; put back what they were before it.

    An error inside ends the transaction, and with it what was set.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(current_setting(name) ORDER BY position)"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS setting (name, position)",
            [[*values]],
        )
        before = cursor.fetchone()[0]
        _set_locally(cursor, [*values], [*values.values()])
        yield
        _set_locally(cursor, [*values], before)


def _set_locally(cursor: CursorWrapper, names: list[str], values: list[str]) -> None:
    cursor.execute(
        "SELECT set_config(name, value, TRUE)"
        " FROM unnest(%s::text[], %s::text[]) AS setting (name, value)",
        [names, values],
    )


def load_sql(app: str, *names: str) -> migrations.RunPython:
    """Return the migration step that creates or replaces what these files define.

    Functions that say ``SET search_path FROM CURRENT`` get our schema and nothing else.
    """
    return migrations.RunPython(partial(_execute, app, names), migrations.RunPython.noop)


def _execute(app: str, names: tuple[str, ...], _apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path')")
        path = cursor.fetchone()[0]
        cursor.execute(FIXED_PATH)
        for name in names:
            cursor.execute(read_sql(app, name))
        cursor.execute("SELECT set_config('search_path', %s, TRUE)", [path])
