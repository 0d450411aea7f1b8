"""What the database's roles may do: exactly what is declared; the rest is tried as the program.

A session here is a real one of the application's role, unless a test says otherwise.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from psycopg import errors, sql

from config.database import SESSION
from core.models import Approval
from core.rights import APP, CALLED_AS_OWNER, OWNER, READONLY, RIGHTS, SECRET_COLUMNS
from dev.embedded.state_folder import StateFolder
from tests.database import address_of
from tests.factories.lottery import confirmed_draw
from tests.points.books import balances, open_books

pytestmark = pytest.mark.django_db
TABLES = """
SELECT relname, ARRAY(
    SELECT attname::text FROM pg_attribute
    WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ORDER BY attnum
)
FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
ORDER BY relname"""
GRANTED = """
SELECT relname, privilege_type, '' FROM pg_class, aclexplode(relacl)
WHERE relnamespace = current_schema()::regnamespace AND grantee = %(role)s::regrole
UNION ALL
SELECT relname, privilege_type, attname FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl)
WHERE relnamespace = current_schema()::regnamespace AND grantee = %(role)s::regrole"""
REFUSING = """
SELECT relname, tgname, tgtype::integer FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND proname = 'core_refuse' AND tgqual IS NULL AND tgattr = ''"""
OF_DELETE, OF_UPDATE = 8, 16
FUNCTIONS = """
SELECT proname, prosecdef, proconfig, prosqlbody IS NOT NULL, prorettype = 'trigger'::regtype,
    proowner::regrole::text, proacl::text, has_function_privilege(%s, oid, 'EXECUTE')
FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"""
ROLES = """
SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, ARRAY(
    SELECT roleid::regrole::text FROM pg_auth_members WHERE member = pg_roles.oid
)
FROM pg_roles WHERE rolname = ANY(%s)"""
FORBIDDEN = (errors.InsufficientPrivilege, errors.WrongObjectType)


def rows(statement: str, *values: Any, **named: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, named or list(values) or None)
        return list(cursor.fetchall())


@pytest.fixture
def app() -> Iterator[psycopg.Connection]:
    """Connect as the application does."""
    with psycopg.connect(address_of(APP), autocommit=True) as connected:
        yield connected


# What is granted


def declared(table: str) -> set[tuple[str, str]]:
    """Return the declared rights of a table, each with its column where it has one."""
    found = set()
    for right, columns in re.findall(r"(\w+)(?: \(([\w, ]+)\))?(?:, |$)", RIGHTS[table]):
        found |= {(right, column) for column in (columns or "").split(", ")}
    return found | {("SELECT", "")}


def test_every_table_is_declared() -> None:
    assert {name for name, _ in rows(TABLES)} == RIGHTS.keys()


def test_the_application_has_what_is_declared_and_nothing_more() -> None:
    granted: dict[str, set[tuple[str, str]]] = {}
    for table, right, column in rows(GRANTED, role=APP):
        granted.setdefault(table, set()).add((right, column))
    views = granted.keys() - RIGHTS.keys()

    assert {table: granted[table] for table in RIGHTS} == {
        table: declared(table) for table in RIGHTS
    }
    assert {right for view in views for right, _ in granted[view]} == {"SELECT"}


def test_no_right_is_everybody_s() -> None:
    assert rows(GRANTED.replace("%(role)s::regrole", "0")) == []
    assert rows("SELECT has_schema_privilege(%s, 'public', 'CREATE')", APP) == [(False,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        assert cursor.fetchone() == ("public",)


def test_a_reader_reads_all_but_secrets() -> None:
    granted = {(table, column) for table, _, column in rows(GRANTED, role=READONLY)}
    rights = {right for _, right, _ in rows(GRANTED, role=READONLY)}
    secret = {(table, column) for table, columns in SECRET_COLUMNS.items() for column in columns}

    assert rights == {"SELECT"}
    assert {table for table, _ in granted} >= RIGHTS.keys()
    assert granted & secret == set()
    for table, columns in rows(TABLES):
        assert {(table, column) for column in columns} - secret <= granted


def test_the_roles_are_nothing_else() -> None:
    found = {name: rest for name, *rest in rows(ROLES, [OWNER, APP, READONLY])}

    assert found.keys() == {OWNER, APP, READONLY}
    assert list(found.values()) == [[False, False, False, False, False, []]] * 3


def test_what_a_trigger_refuses_to_everybody_is_no_right() -> None:
    """A table that is only added to cannot be declared with more by mistake."""
    refused = rows(REFUSING)
    deleting = {table for table, _, kind in refused if kind & OF_DELETE}
    updating = {table for table, _, kind in refused if kind & OF_UPDATE}

    assert len(deleting) > 15
    assert len(updating) > 10
    assert {table for table in deleting if "DELETE" in RIGHTS[table]} == set()
    assert {table for table in updating if "UPDATE" in RIGHTS[table]} == set()


def test_functions_have_a_fixed_path_and_are_nobody_s_but_the_application_s() -> None:
    found = rows(FUNCTIONS, APP)

    assert len(found) > 30
    for name, definer, settings_of, is_parsed, is_trigger, owner, access, may_call in found:
        fixed = (settings_of or [""])[0] == "search_path=public, pg_temp"
        assert fixed or (is_parsed and not definer), name  # a parsed body is bound already
        assert owner == OWNER, name
        assert "{=" not in access, name
        assert ",=" not in access, name
        assert may_call == (name in CALLED_AS_OWNER or not (is_trigger or definer)), name
    assert {row[0] for row in found if row[1] and not row[4]} == set(CALLED_AS_OWNER)


# What is refused


def test_every_change_that_is_not_declared_is_refused(app: psycopg.Connection) -> None:
    tried = 0
    for table, columns in rows(TABLES):
        rights = declared(table)
        missing = {"DELETE FROM {table}", "TRUNCATE {table}"}
        if ("DELETE", "") in rights:
            missing.remove("DELETE FROM {table}")
        if ("INSERT", "") not in rights:
            missing.add("INSERT INTO {table} DEFAULT VALUES")
        missing |= {
            f'UPDATE {{table}} SET "{column}" = "{column}"'
            for column in columns
            if not rights & {("UPDATE", ""), ("UPDATE", column)}
        }
        for statement in sorted(missing):
            with pytest.raises(FORBIDDEN):
                app.execute(sql.SQL(statement).format(table=sql.Identifier(table)))
            tried += 1

    assert tried > 350


ATTACKS = {
    "replication": "SET session_replication_role = replica",
    "replication by function": "SELECT set_config('session_replication_role', 'replica', FALSE)",
    "system setting": "ALTER SYSTEM SET session_replication_role = replica",
    "setting of the owner": f"ALTER ROLE {OWNER} SET session_replication_role = replica",
    "setting of the database": "ALTER DATABASE dodonto SET session_replication_role = replica",
    "disable a trigger": "ALTER TABLE points_transfer DISABLE TRIGGER transfer_append_only",
    "disable all triggers": "ALTER TABLE core_auditrecord DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER transfer_append_only ON points_transfer",
    "add a trigger": "CREATE TRIGGER mine BEFORE INSERT ON points_transfer FOR EACH ROW"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "add a rule": "CREATE RULE mine AS ON INSERT TO points_transfer DO INSTEAD NOTHING",
    "drop a constraint": "ALTER TABLE points_account DROP CONSTRAINT account_within_its_bound",
    "replace a function": "CREATE OR REPLACE FUNCTION core_refuse() RETURNS trigger"
    " LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "change a function's path": "ALTER FUNCTION core_refuse() SET search_path = pg_temp",
    "drop a function": "DROP FUNCTION core_refuse() CASCADE",
    "function in the schema": "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql RETURN 1",
    "table in the schema": "CREATE TABLE public.mine ()",
    "schema": "CREATE SCHEMA mine",
    "rows that appear among ours": "CREATE TEMPORARY TABLE mine () INHERITS (points_transfer)",
    "passwords of the roles": "SELECT rolpassword FROM pg_authid",
    "drop a table": "DROP TABLE core_auditrecord",
    "own a table": f"ALTER TABLE core_auditrecord OWNER TO {APP}",
    "become the owner": f"SET ROLE {OWNER}",
    "sign in as the owner": f"SET SESSION AUTHORIZATION {OWNER}",
    "sign in as the superuser": "SET SESSION AUTHORIZATION postgres",
    "member of the owner": f"GRANT {OWNER} TO {APP}",
    "member of a powerful role": f"GRANT pg_write_server_files TO {APP}",
    "superuser": f"ALTER ROLE {APP} SUPERUSER",
    "another role": "CREATE ROLE mine LOGIN",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "read a program": "COPY bookings_membermark FROM PROGRAM 'true'",
    "write a file of the server": "COPY (SELECT 1) TO '/tmp/dodonto-never'",
    "read a file of the server": "COPY bookings_membermark FROM '/etc/hostname'",
    "read a file by function": "SELECT pg_read_file('/etc/hostname')",
    "list a folder": "SELECT pg_ls_dir('/')",
    "export a large object": "SELECT lo_export(lo_create(0), '/tmp/dodonto-never')",
    "import a large object": "SELECT lo_import('/etc/hostname')",
    "add rows by COPY": "COPY core_auditrecord (id, at) FROM PROGRAM 'true'",
    "merge": "MERGE INTO core_auditrecord USING (SELECT 1) one ON TRUE WHEN MATCHED THEN DELETE",
    "upsert": "INSERT INTO entries_membershiprow (wester_id, status, changed_at)"
    " VALUES ('W', 'left', now()) ON CONFLICT (id) DO UPDATE SET status = 'active'",
    "the system's tables": "UPDATE pg_trigger SET tgenabled = 'D'",
    "the system's functions": "DELETE FROM pg_proc",
    "extension": "CREATE EXTENSION dblink",
    "event trigger": "CREATE EVENT TRIGGER mine ON ddl_command_end"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "publication": "CREATE PUBLICATION mine FOR ALL TABLES",
    "replication slot": "SELECT pg_create_physical_replication_slot('mine')",
    "next number": "SELECT setval('points_transfer_id_seq', 1)",
    "lock out": "DO $$BEGIN LOCK TABLE points_transfer IN ACCESS EXCLUSIVE MODE; END$$",
    "lock a row that stays": "SELECT FROM points_transfer FOR UPDATE",
    "default rights": f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT ALL ON TABLES TO {APP}",
}
WRITERS = """
SELECT proname FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace AND prosecdef
    AND prorettype = 'trigger'::regtype
"""


@pytest.mark.parametrize("statement", ATTACKS.values(), ids=ATTACKS.keys())
def test_the_application_cannot(statement: str, app: psycopg.Connection) -> None:
    database = app.info.dbname
    with pytest.raises(FORBIDDEN):
        app.execute(statement.replace("DATABASE dodonto", f'DATABASE "{database}"'))


def test_the_application_grants_itself_nothing(app: psycopg.Connection) -> None:
    app.execute(f"GRANT ALL ON core_auditrecord TO {APP}")  # a warning is all that comes of it

    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("DELETE FROM core_auditrecord")


@pytest.mark.parametrize("name", [*SESSION, "dodonto.removal", "search_path", "row_security"])
def test_no_setting_lets_a_recorded_row_go(name: str, app: psycopg.Connection) -> None:
    value = {**SESSION, "search_path": "pg_temp, public", "row_security": "off"}.get(name, "on")
    app.execute("SELECT set_config(%s, %s, FALSE)", [name, value])
    app.execute("SELECT set_config('dodonto.removal', 'on', FALSE)")

    for statement in (
        "DELETE FROM core_auditrecord",
        "UPDATE points_transfer SET points = 1",
        "UPDATE core_approval SET requested_by_id = 1",
        "UPDATE points_account SET balance_points = 1",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute(statement)


def test_a_function_of_a_trigger_works_for_no_other_table(app: psycopg.Connection) -> None:
    """Else a table of the application's own could hand it any rows."""
    app.execute("CREATE TEMPORARY TABLE bait (LIKE points_transfer)")
    writers = [sql.Identifier(name) for (name,) in rows(WRITERS)]

    assert sql.Identifier("points_transfer_posted") in writers
    for function in writers:
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute(
                sql.SQL(
                    "CREATE TRIGGER mine AFTER INSERT ON bait REFERENCING NEW TABLE AS added"
                    " FOR EACH STATEMENT EXECUTE FUNCTION {}()"
                ).format(function)
            )
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute(sql.SQL("SELECT {}()").format(function))


SHADOWS = ("points_account", "points_transfer", "points_reversalverdict", "lottery_award", "added")


def test_a_temporary_table_is_never_read_in_place_of_ours() -> None:
    books = open_books()
    with connection.cursor() as cursor:
        for name in SHADOWS:
            like = "points_transfer" if name == "added" else name
            cursor.execute(f"CREATE TEMPORARY TABLE {name} AS SELECT * FROM public.{like}")
        cursor.execute("CREATE DOMAIN pg_temp.bigint AS boolean")
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        before = rows("SELECT id, balance_points FROM pg_temp.points_account ORDER BY id")
        insert_into_ours(books.values("grant"))
        after = rows("SELECT id, balance_points FROM pg_temp.points_account ORDER BY id")
        cursor.execute("SET LOCAL search_path = public, pg_temp")

    assert before == after
    assert balances() == {"issuer": -100_000_000, "budget": 100_000_000}


def insert_into_ours(values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.points_transfer"
            " (key, kind, from_account_id, to_account_id, points, reason, at, made_by)"
            " VALUES (%(key)s, %(kind)s, %(from_account)s, %(to_account)s, %(points)s, '', now(),"
            " 'test')",
            values,
        )


# Where the application may update some rows of a table, a trigger decides which: not even the
# owner's setting for erasure gets it past one.
STANDING = {
    "published terms": (
        "UPDATE campaign_terms SET published_at = NULL, published_by_id = NULL",
        "terms_published_never_change",
    ),
    "an approval that has ended": (
        "UPDATE core_approval SET state = 'refused'",
        "approval_ended_stays",
    ),
    "a result": ("UPDATE lottery_draw SET total_points = 1", "draw_result_stays"),
    "a draw's state": ("UPDATE lottery_draw SET state = 'frozen'", "draw_moves_forward"),
    "keys": ("UPDATE lottery_draw SET pid_key = 'x'", "draw_keys_are_only_erased"),
    "a frozen campaign": (
        "UPDATE campaign_campaign SET entries_frozen_at = NULL",
        "campaign_frozen_while_drawn",
    ),
}


@pytest.mark.parametrize(("statement", "guard"), STANDING.values(), ids=STANDING.keys())
def test_no_setting_gets_the_application_past_a_trigger(statement: str, guard: str) -> None:
    confirmed_draw()
    assert Approval.objects.exclude(state="open").exists() or "approval" not in statement
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('dodonto.removal', 'on', TRUE), CURRENT_USER")
        assert cursor.fetchone()[1] == APP
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            cursor.execute(statement)

    assert isinstance(refused.value.__cause__, psycopg.Error)
    assert refused.value.__cause__.diag.constraint_name == guard


# What each role can do


def test_the_application_reads_writes_and_has_temporary_tables(app: psycopg.Connection) -> None:
    with app.transaction(force_rollback=True):
        app.execute("INSERT INTO campaign_campaign (code) VALUES ('new')")
        app.execute("CREATE TEMPORARY TABLE staged (n integer) ON COMMIT DROP")
        with app.cursor().copy("COPY staged FROM STDIN") as copy:
            copy.write_row([1])
        assert app.execute("SELECT count(*) FROM staged").fetchone() == (1,)
        assert app.execute("SELECT FROM campaign_campaign WHERE code = 'new' FOR UPDATE").rowcount


def test_a_reader_writes_nothing() -> None:
    with psycopg.connect(address_of(READONLY), autocommit=True) as reader:
        assert reader.execute("SELECT count(*) FROM points_awardstanding").fetchone()
        for statement in (
            "INSERT INTO campaign_campaign (code) VALUES ('new')",
            "CREATE TEMPORARY TABLE mine ()",
            "SELECT password FROM core_user",
            "SELECT * FROM django_session",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                reader.execute(statement)


def test_the_suite_runs_as_the_application() -> None:
    assert rows("SELECT CURRENT_USER, session_user") == [(APP, "postgres")]
    places = StateFolder(Path(settings.LOCAL_STATE_DIR))
    assert f"//{APP}@" in places.database_url
    assert f"//{OWNER}@" in places.owner_url
