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
# As text, for not every type can be compared.
CHANGED = """
SELECT '{table}' WHERE (SELECT count(*) FROM {table}) <> (SELECT count(*) FROM kept.{table})
OR EXISTS (
    SELECT ({columns})::text FROM {table} EXCEPT ALL SELECT ({columns})::text FROM kept.{table}
)"""
RESTORE = """
DELETE FROM {table}; INSERT INTO {table} ({columns}) SELECT {columns} FROM kept.{table}"""
ENABLED = """
SELECT quote_ident(tgname) FROM pg_trigger
WHERE NOT tgisinternal AND tgenabled = 'A' AND tgrelid = %s::regclass
"""


class Kept:
    """What every table of a database holds."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.columns: dict[str, str] = dict(connection.execute(TABLES).fetchall())
        connection.execute("CREATE SCHEMA kept")
        for table, columns in self.columns.items():
            connection.execute(KEEP.format(table=table, columns=columns))
        self.lock = f"LOCK TABLE {', '.join(self.columns)} IN SHARE ROW EXCLUSIVE MODE"
        self.changed = " UNION ALL ".join(
            CHANGED.format(table=table, columns=columns) for table, columns in self.columns.items()
        )

    def rewind(self) -> None:
        """Restore the rows of every table that was written to.

        Waits for what a dead process's session is still ending, and for nobody longer than that.
        """
        with self.connection.transaction():
            self.connection.execute(self.lock)
            self.connection.execute("SET LOCAL session_replication_role = replica")  # foreign keys
            for (table,) in self.connection.execute(self.changed).fetchall():
                self.restore(table)

    def restore(self, table: str) -> None:
        """Restore the rows of a table, with the triggers that forbid it disabled."""
        # Only those: a planted bug has others disabled.
        enabled = [name for (name,) in self.connection.execute(ENABLED, [table])]
        statements = [
            *(f"ALTER TABLE {table} DISABLE TRIGGER {name}" for name in enabled),
            RESTORE.format(table=table, columns=self.columns[table]),
            *(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}" for name in enabled),
        ]
        self.connection.execute(";".join(statements))
