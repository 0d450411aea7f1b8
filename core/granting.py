"""Grant the database's roles their rights, as ``migrate`` does at its end."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from core.rights import APP, CALLED_AS_OWNER, READONLY, RIGHTS, SECRET_COLUMNS

BOTH = sql.SQL("{}, {}").format(sql.Identifier(APP), sql.Identifier(READONLY))
HAS_ROLES = "SELECT count(*) = 2 FROM pg_roles WHERE rolname IN (%s, %s)"
# What the current user may grant rights of: the schema, its tables and views ...
SCHEMA = """
SELECT nspname FROM pg_namespace
WHERE nspname = current_schema() AND pg_has_role(nspowner, 'USAGE')"""
RELATIONS = """
SELECT relname, relkind = 'v', ARRAY(
    SELECT attname::text FROM pg_attribute
    WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum
)
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v')
    AND pg_has_role(relowner, 'USAGE')
ORDER BY relname"""
# ... and the functions, but for those of an extension.
FUNCTIONS = """
SELECT oid::regprocedure::text, proname, prosecdef OR prorettype = 'trigger'::regtype
FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace AND pg_has_role(proowner, 'USAGE')
    AND NOT EXISTS (
        SELECT FROM pg_depend
        WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e'
    )
ORDER BY 1"""


def grant_rights() -> bool:
    """Grant each role exactly its rights; return False where the database has no such roles.

    In one transaction: the application never sees its rights revoked. A table that core.rights does
    not declare gets none.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(HAS_ROLES, [APP, READONLY])
        if not cursor.fetchone()[0]:
            return False
        statements = [
            *(of_schema(name) for (name,) in fetch(cursor, SCHEMA)),
            *(part for row in fetch(cursor, RELATIONS) for part in of_relation(*row)),
            *(of_function(*row) for row in fetch(cursor, FUNCTIONS)),
        ]
        cursor.execute(sql.SQL("\n").join(statements))
    return True


def fetch(cursor: Any, statement: str) -> list[Any]:
    """Return all rows of a statement."""
    cursor.execute(statement)
    return list(cursor.fetchall())


def of_schema(name: str) -> sql.Composed:
    """Return the statement that lets both roles into the schema."""
    return sql.SQL("GRANT USAGE ON SCHEMA {} TO {};").format(sql.Identifier(name), BOTH)


def of_relation(name: str, is_view: bool, columns: Sequence[str]) -> Iterator[sql.Composed]:  # noqa: FBT001 - a row
    """Yield the statements that grant the rights of a table or a view, and no others."""
    relation = sql.Identifier(name)
    yield sql.SQL("REVOKE ALL ON {} FROM public, {};").format(relation, BOTH)
    if not is_view and name not in RIGHTS:
        return
    rights = ", ".join(filter(None, ["SELECT", RIGHTS.get(name, "")]))
    yield sql.SQL("GRANT {} ON {} TO {};").format(
        sql.SQL(rights),  # a constant of ours
        relation,
        sql.Identifier(APP),
    )
    readable = [one for one in columns if one not in SECRET_COLUMNS.get(name, ())]
    yield sql.SQL("GRANT SELECT ({}) ON {} TO {};").format(
        sql.SQL(", ").join(map(sql.Identifier, readable)), relation, sql.Identifier(READONLY)
    )


def of_function(signature: str, name: str, as_owner: bool) -> sql.Composed:  # noqa: FBT001 - a row
    """Return the statements that grant a function, or nobody where it has its owner's rights."""
    function = sql.SQL(signature)  # as PostgreSQL writes it
    text = sql.SQL("REVOKE ALL ON FUNCTION {} FROM public, {};").format(function, BOTH)
    if not as_owner:
        text += sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {};").format(function, BOTH)
    elif name in CALLED_AS_OWNER:
        text += sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {};").format(function, sql.Identifier(APP))
    return text
