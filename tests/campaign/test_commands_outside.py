"""A few commands as a shell starts them: exit codes, and what goes to which stream."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from bookings.models import FeedFile
from core.rights import APP
from tests.database import address_of
from tests.factories.campaign import FIRST_FILE, file_bytes
from tests.feedfiles import booking_row, write_feed_file
from tests.outside import ROOT, environment, manage

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def shell(*words: object) -> "subprocess.CompletedProcess[str]":
    """Start a command in a process of its own, on the tests' database."""
    return manage(*map(str, words), **own_servers())


def own_servers() -> dict[str, str]:
    """Return the variables of the tests' own database and clock."""
    return {
        "DATABASE_URL": address_of(APP),
        "REDIS_URL": settings.REDIS_URL or "",
        "DEMO_MODE": "1",
        "CAMPAIGN_NOW": "2024-12-02T09:00:00+09:00",
    }


def test_done_is_0_with_one_object_on_standard_output() -> None:
    ended = shell("campaign", "load", FIRST_FILE, "--dry-run", "--json")

    assert (ended.returncode, ended.stdout.count("\n")) == (0, 1)
    assert json.loads(ended.stdout)["code"] == "012025121203"


def test_refused_is_1_with_the_reason_on_standard_error_and_in_the_object(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(file_bytes(budget_points=0))

    plain = shell("campaign", "load", broken)
    reported = shell("campaign", "load", broken, "--json")

    sentence = "budget_points: must be a whole number from 1 to 1,000,000,000,000."
    assert (plain.returncode, plain.stdout) == (1, "")
    assert plain.stderr.strip().endswith(f"CommandError: {sentence}")
    assert "Traceback" not in plain.stderr
    assert (reported.returncode, json.loads(reported.stdout)) == (1, {"error": sentence})


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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("closed", "code"),
    [
        pytest.param(2, 0, id="standard error closed: the work is done, and reported"),
        pytest.param(1, 1, id="standard output closed: the work is done, its report lost"),
    ],
)
def test_work_is_done_with_a_closed_stream(closed: int, code: int, tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row()])
    words = [sys.executable, "manage.py", "load_feeds", str(path), "--json"]

    ended = subprocess.run(
        ["bash", "-c", f'"$@" {closed}>&-', "bash", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(**own_servers()),
        timeout=300,
    )

    assert ended.returncode == code
    assert FeedFile.objects.get().status == "loaded"
    if closed == 2:
        assert json.loads(ended.stdout)["files"][0]["applied"] == 1
    else:
        assert "its report could not be written to standard output" in ended.stderr
