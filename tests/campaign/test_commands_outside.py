"""A few commands as a shell starts them: exit codes, and what goes to which stream."""

import json
import os
import subprocess
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection

from tests.factories.campaign import FIRST_FILE, file_bytes
from tests.outside import manage

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def database_url() -> str:
    """Return the address of the tests' own database."""
    connection.ensure_connection()
    here = connection.connection.info
    person = f"{quote(here.user, safe='')}:{quote(here.password, safe='')}"
    return f"postgresql://{person}@/{here.dbname}?" + urlencode(
        {"host": here.host, "port": here.port}
    )


def shell(*words: object) -> "subprocess.CompletedProcess[str]":
    """Start a command in a process of its own, on the tests' database."""
    return manage(
        *map(str, words),
        DATABASE_URL=database_url(),
        REDIS_URL=settings.REDIS_URL or "",
        DEMO_MODE="1",
        CAMPAIGN_NOW="2024-12-02T09:00:00+09:00",
    )


def test_done_is_0_with_one_object_on_standard_output() -> None:
    ended = shell("campaign", "load", FIRST_FILE, "--dry-run", "--json")

    assert (ended.returncode, ended.stdout.count("\n")) == (0, 1)
    assert json.loads(ended.stdout)["code"] == "012025121203"


def test_refused_is_1_with_the_reason_on_standard_error_and_in_the_object(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(file_bytes(budget_points=0))

    plain = shell("campaign", "load", broken)
    told = shell("campaign", "load", broken, "--json")

    sentence = "budget_points must be from 1 to 9,007,199,254,740,991."
    assert (plain.returncode, plain.stdout) == (1, "")
    assert plain.stderr.strip().endswith(f"CommandError: {sentence}")
    assert "Traceback" not in plain.stderr
    assert (told.returncode, json.loads(told.stdout)) == (1, {"error": sentence})


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["campaign"], id="no verb"),
        pytest.param(["campaign", "sing"], id="an unknown verb"),
        pytest.param(["campaign", "publish", "code"], id="nobody named"),
        pytest.param(["approval", "approve", "one", "--by", "x"], id="no number"),
        pytest.param(["staff", "add", "hanako", "--role", "boss"], id="an unknown role"),
    ],
)
def test_wrong_usage_is_2(words: list[str]) -> None:
    ended = shell(*words)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.strip()
    assert "Traceback" not in ended.stderr


def test_code_that_is_no_text_at_all_is_refused() -> None:
    ended = shell("campaign", "show", os.fsdecode(b"\xff"))

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "There is no campaign with this code. Known codes: none." in ended.stderr
    assert "Traceback" not in ended.stderr
