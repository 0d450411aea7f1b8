"""Two migrates in the same moment: the one waits for the other and finds nothing left to do."""

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from core.locks import Lock
from dev.embedded import services
from dev.embedded.places import Places
from tests.outside import manage, start_python

HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way_out", ["--plan", "--check"])
def test_migrate_lets_go_of_its_lock(way_out: str) -> None:
    call_command("migrate", way_out, verbosity=0)

    with connection.cursor() as cursor:
        cursor.execute(HELD, [int(Lock.MIGRATION)])
        assert cursor.fetchone() == (0,)


@pytest.mark.slow
def test_two_first_migrates_both_succeed(state: Places) -> None:
    both = [
        start_python("manage.py", "migrate", LOCAL_STATE_DIR=str(state.state)) for _ in range(2)
    ]
    said = [command.communicate() for command in both]

    assert [command.returncode for command in both] == [0, 0]
    assert sum("Applying campaign.0001_initial" in out for out, _ in said) == 1
    assert [err for _, err in said if "Traceback" in err] == []


@pytest.mark.slow
def test_migrate_waits_for_another(other_state: Places) -> None:
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


@pytest.mark.slow
def test_migrate_again_finds_nothing_to_do(other_state: Places) -> None:
    folder = str(other_state.state)
    with_database = {"LOCAL_STATE_DIR": folder, "DATABASE_URL": second_database(other_state)}
    first = manage("migrate", **with_database)
    again = manage("migrate", **with_database)

    assert (first.returncode, again.returncode) == (0, 0)
    assert "No migrations to apply." in again.stdout


def second_database(places: Places) -> str:
    """Return the address of another database of the same server, made anew."""
    services.ensure_running(places.state, database=True, broker=True)
    with psycopg.connect(places.database_url, autocommit=True) as connected:
        connected.execute("DROP DATABASE IF EXISTS second")
        connected.execute("CREATE DATABASE second")
    return places.database_address("second")
