"""Of two simultaneous migrates one waits for the other."""

import json
import subprocess
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from core.locks import Lock
from core.rights import APP, OWNER
from dev.embedded import services
from dev.embedded.postgres import make_roles
from dev.embedded.state_folder import StateFolder
from tests.outside import manage, start_python

OWNERS = """
SELECT DISTINCT relowner::regrole::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace
UNION SELECT proowner::regrole::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'"""
HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way_out", ["--plan", "--check"])
def test_migrate_releases_its_lock(way_out: str) -> None:
    call_command("migrate", way_out, verbosity=0)

    with connection.cursor() as cursor:
        cursor.execute(HELD, [int(Lock.MIGRATION)])
        assert cursor.fetchone() == (0,)


@pytest.mark.slow
def test_two_first_migrates_both_succeed(state: StateFolder) -> None:
    both = [
        start_python("manage.py", "migrate", LOCAL_STATE_DIR=str(state.state)) for _ in range(2)
    ]
    said = [command.communicate() for command in both]

    assert [command.returncode for command in both] == [0, 0]
    assert sum("Applying campaign.0001_initial" in out for out, _ in said) == 1
    assert [err for _, err in said if "Traceback" in err] == []


@pytest.mark.slow
def test_migrate_waits_for_another(other_state: StateFolder) -> None:
    services.ensure_running(other_state.state, database=True, broker=True)
    with psycopg.connect(other_state.database_url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s, 0)", [int(Lock.MIGRATION)])
        waiting = start_python(
            "manage.py", "migrate", "--plan", LOCAL_STATE_DIR=str(other_state.state)
        )
        assert waiting.stderr
        first = waiting.stderr.readline()
        assert waiting.poll() is None

    assert first == "Another migrate is running; waiting for its end.\n"
    waiting.communicate()
    assert waiting.returncode == 0


@pytest.fixture(scope="session")
def migrated(other_state: StateFolder) -> str:
    """Migrate a database of the second server once; return its name."""
    second_database(other_state, name="migrated")
    address = other_state.database_address("migrated")
    done = manage("migrate", LOCAL_STATE_DIR=str(other_state.state), DATABASE_URL=address)
    assert done.returncode == 0, done.stderr
    return "migrated"


@pytest.mark.slow
def test_migrate_again_finds_nothing_to_do(other_state: StateFolder, migrated: str) -> None:
    address = other_state.database_address(migrated)

    again = manage("migrate", LOCAL_STATE_DIR=str(other_state.state), DATABASE_URL=address)

    assert again.returncode == 0
    assert "No migrations to apply." in again.stdout


def second_database(
    places: StateFolder, *, name: str = "second", template: str = "template1"
) -> str:
    """Return the address of another database of the same server, created anew."""
    services.ensure_running(places.state, database=True, broker=True)
    with psycopg.connect(places.database_address("postgres"), autocommit=True) as connected:
        connected.execute(f"DROP DATABASE IF EXISTS {name}")
        connected.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return places.database_address(name)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("schema", "way_out"),
    [
        pytest.param(
            "",
            "The role hired may not create in the schema public: name the schema's owner in "
            "DATABASE_OWNER_URL, which migrate connects as.",
            id="public is closed, as it is by default",
        ),
        pytest.param(
            "&currentSchema=nowhere",
            "The database has no schema of the search path nowhere: run CREATE SCHEMA, or name "
            "another with ?currentSchema=NAME in DATABASE_URL.",
            id="a schema that is not there",
        ),
    ],
)
def test_migrate_without_a_schema_is_refused(
    other_state: StateFolder, schema: str, way_out: str
) -> None:
    done = migrate_as_role(other_state, schema)

    assert done.returncode == 1
    assert done.stderr.endswith(f"CommandError: {way_out}\n")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_role_in_a_schema_of_its_own_needs_nothing_of_public(other_state: StateFolder) -> None:
    done = migrate_as_role(other_state, "", "CREATE SCHEMA hired AUTHORIZATION hired")

    assert done.returncode == 0, done.stderr
    with psycopg.connect(other_state.database_address("second")) as connected:
        made = connected.execute(
            "SELECT relnamespace::regnamespace::text FROM pg_class WHERE relkind = 'r'"
            " UNION SELECT pronamespace::regnamespace::text FROM pg_proc"
        ).fetchall()
        assert {name for (name,) in made} == {"hired", "information_schema", "pg_catalog"}
        connected.execute("SET search_path = hired")
        connected.execute("INSERT INTO campaign_campaign (code) VALUES ('c')")
        with pytest.raises(psycopg.errors.CheckViolation, match="a campaign is never deleted"):
            connected.execute("DELETE FROM campaign_campaign")

    requested = manage("campaign", "show", "c", "--json", **as_migrating_role(other_state, ""))
    assert json.loads(requested.stdout) == {
        "error": "There is no campaign with this code. Known codes: none."
    }


@pytest.mark.slow
def test_a_role_that_may_not_read_gets_one_sentence(
    other_state: StateFolder, migrated: str
) -> None:
    second_database(other_state, template=migrated)

    done = manage("campaign", "show", "c", "--json", **as_migrating_role(other_state, ""))

    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "error": "The database does not allow the role of DATABASE_URL what the program needs "
        "(permission denied for table campaign_campaign): run manage.py migrate, which grants it "
        "as the owner, or name another role."
    }
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_login_of_the_application_s_role_has_its_rights(
    other_state: StateFolder, migrated: str
) -> None:
    second_database(other_state, template=migrated)
    hired = as_migrating_role(other_state, "")
    with psycopg.connect(other_state.database_address("second"), autocommit=True) as connected:
        connected.execute("GRANT CONNECT ON DATABASE second TO dodonto_app")
        connected.execute(f"GRANT {APP} TO hired")

    again = manage("migrate", **hired)
    loaded = manage("campaign", "load", "campaign/data/012025121203.json", **hired)
    renewed = manage("load_network", "bookings/data/network", **hired)
    computed = manage("aggregate", "012025121203", "--full", **hired)

    said = [done.stderr for done in (again, loaded, renewed, computed) if done.returncode]
    assert said == []


@pytest.mark.slow
def test_migrate_connects_as_the_owner_and_the_rest_as_the_application(
    other_state: StateFolder,
) -> None:
    make_roles(second_database(other_state))
    ours = roles_addresses(other_state)

    done = manage("migrate", **ours)
    loaded = manage("campaign", "load", "campaign/data/012025121203.json", **ours)

    assert (done.returncode, loaded.returncode) == (0, 0), done.stderr + loaded.stderr
    with psycopg.connect(other_state.database_address("second")) as connected:
        assert connected.execute(OWNERS).fetchall() == [(OWNER,)]


@pytest.mark.slow
def test_what_another_role_made_is_handed_over(other_state: StateFolder, migrated: str) -> None:
    address = second_database(other_state, template=migrated)
    for _ in range(2):  # it may be repeated
        make_roles(address)

    done = manage("migrate", **roles_addresses(other_state))

    assert done.returncode == 0, done.stderr
    with psycopg.connect(address) as connected:
        assert connected.execute(OWNERS).fetchall() == [(OWNER,)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "way_out"),
    [
        pytest.param(
            APP,
            "The role dodonto_app may not create in the schema public: name the schema's owner in "
            "DATABASE_OWNER_URL, which migrate connects as.",
            id="the owner's address is missing",
        ),
        pytest.param(
            OWNER,
            "The role dodonto_owner of DATABASE_OWNER_URL may not create in the schema public: run "
            "core/sql/roles.sql in the database as a superuser.",
            id="the roles are not prepared",
        ),
    ],
)
def test_migrate_without_rights_gets_one_sentence(
    role: str, way_out: str, other_state: StateFolder
) -> None:
    second_database(other_state)
    ours = roles_addresses(other_state)
    if role == APP:
        del ours["DATABASE_OWNER_URL"]

    done = manage("migrate", **ours)

    assert done.returncode == 1
    assert done.stderr.endswith(f"CommandError: {way_out}\n")
    assert "Traceback" not in done.stderr


def roles_addresses(places: StateFolder) -> dict[str, str]:
    """Return the environment of the application and of the owner in the second database."""
    return {
        "LOCAL_STATE_DIR": str(places.state),
        "DATABASE_URL": places.database_address("second", APP),
        "DATABASE_OWNER_URL": places.database_address("second", OWNER),
    }


def migrate_as_role(
    places: StateFolder, schema: str, *before: str
) -> "subprocess.CompletedProcess[str]":
    """Migrate the second database, created anew, as a role that is not its owner."""
    second_database(places)
    environment = as_migrating_role(places, schema)
    with psycopg.connect(places.database_address("second"), autocommit=True) as connected:
        for statement in before:
            connected.execute(statement)
    return manage("migrate", **environment)


def as_migrating_role(places: StateFolder, schema: str) -> dict[str, str]:
    """Return the environment of a role that owns neither the database nor its schemas."""
    services.ensure_running(places.state, database=True, broker=True)
    with psycopg.connect(places.database_address("postgres"), autocommit=True) as connected:
        if not connected.execute("SELECT 1 FROM pg_roles WHERE rolname = 'hired'").fetchone():
            connected.execute("CREATE ROLE hired LOGIN")
        connected.execute(f"REVOKE {APP} FROM hired")  # which another test granted
    owner = urlsplit(places.database_address("second"))
    address = owner._replace(netloc="hired@", query=owner.query + schema).geturl()
    return {"LOCAL_STATE_DIR": str(places.state), "DATABASE_URL": address}
