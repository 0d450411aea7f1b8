"""Errors that the operator can fix end in one sentence and exit code 1."""

import json
import socket

import pytest

from dev.embedded import services
from dev.embedded.state_folder import StateFolder
from tests.outside import NOBODY_LISTENS, free_port, manage

pytestmark = pytest.mark.slow
UNREACHABLE = (
    'The database did not serve us (connection failed: connection to server at "127.0.0.1", '
    "port 1 failed: Connection refused). Check DATABASE_URL, and that it is running."
)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        pytest.param(
            {"DEBUG": "perhaps"},
            'Environment variable "DEBUG" must be 1 or 0.',
            id="a switch that is neither on nor off",
        ),
        pytest.param(
            {"DATABASE_URL": "postgresql://u:hidden@h:x/d"},
            'Environment variable "DATABASE_URL" must be a URL like '
            "postgresql://user:password@host:port/database.",
            id="an address that is none",
        ),
        pytest.param(
            {"LOCAL_STATE_DIR": "/dev/null/state"},
            "The folder /dev/null/state cannot be used (Not a directory); set LOCAL_STATE_DIR to "
            "one that can be written.",
            id="a folder that cannot be",
        ),
        pytest.param(
            {**NOBODY_LISTENS, "CAMPAIGN_NOW": "2024-12-10T12:00:00+09:00"},
            "CAMPAIGN_NOW moves the clock only where DEMO_MODE=1.",
            id="a moved clock outside the demo",
        ),
    ],
)
def test_a_bad_environment(variables: dict[str, str], sentence: str) -> None:
    done = manage("check", **variables)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: {sentence}\n"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["migrate"], id="a command of Django"),
        pytest.param(["campaign", "show", "012025121203"], id="a command of ours"),
    ],
)
def test_an_unreachable_database(words: list[str]) -> None:
    done = manage(*words, **NOBODY_LISTENS)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith(f"Error: {UNREACHABLE}\n")
    assert "Traceback" not in done.stderr
    assert "hidden" not in done.stderr


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        pytest.param(NOBODY_LISTENS, UNREACHABLE, id="the database is away"),
        pytest.param(
            {"DEBUG": "perhaps"},
            'Environment variable "DEBUG" must be 1 or 0.',
            id="the environment is bad",
        ),
    ],
)
def test_json_output_holds_the_error(variables: dict[str, str], sentence: str) -> None:
    done = manage("campaign", "show", "012025121203", "--json", **variables)

    assert done.returncode == 1
    assert json.loads(done.stdout) == {"error": sentence}
    assert sentence in done.stderr


@pytest.mark.parametrize("folder_is_fresh", [True, False])
def test_a_database_without_the_schema(state: StateFolder, folder_is_fresh: bool) -> None:
    if not folder_is_fresh:
        services.ensure_running(state.state, database=True, broker=True)

    done = manage("campaign", "show", "012025121203", "--json", LOCAL_STATE_DIR=str(state.state))

    sentence = "The database lacks a table or column that the program needs: run manage.py migrate."
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"error": sentence}
    assert done.stderr.endswith(f"Error: {sentence}\n")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["campaign"], id="no verb"),
        pytest.param(["campaign", "show"], id="no argument"),
        pytest.param(["campaign", "show", "012025121203", "--wrong"], id="an unknown option"),
        pytest.param(["demo", "--port", "65536"], id="no port"),
    ],
)
def test_wrong_usage_ends_with_2(words: list[str]) -> None:
    done = manage(*words, **NOBODY_LISTENS)

    assert (done.returncode, done.stdout) == (2, "")
    assert "usage: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("variable", "form", "way_out"),
    [
        pytest.param("PORT", "{}", "make demo PORT=8080", id="the site's"),
        pytest.param(
            "WESTER_ISSUER",
            "http://127.0.0.1:{}",
            "make demo WESTER_ISSUER=http://127.0.0.1:8081",
            id="WESTER ID's",
        ),
    ],
)
def test_a_taken_port(other_state: StateFolder, variable: str, form: str, way_out: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        free = {"PORT": str(free_port()), "WESTER_ISSUER": "http://id.example"}
        variables = free | {variable: form.format(port)}
        done = manage("demo", DEMO_MODE="1", LOCAL_STATE_DIR=str(other_state.state), **variables)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith(
        f"CommandError: Port {port} is taken by another program; choose another: {way_out}.\n"
    )
    assert "Bringing the database's schema up to date" not in done.stderr
