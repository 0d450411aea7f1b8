"""``payout``, ``points`` and ``ledger`` as others script against them."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from config.env import MovedClock
from core.models import User
from lottery.models import Draw
from points.models import Payout, Transfer
from tests.commands import Ended, run, run_json
from tests.factories.campaign import UserFactory
from tests.points.answers import answer, export, reject, write_answers
from tests.points.steps import (
    CREDIT_AT,
    confirmed,
    leave,
    lower,
    paid,
    prepared,
    transfers,
)

pytestmark = pytest.mark.django_db
CODE = "012025121203"


@pytest.fixture(autouse=True)
def _at_the_crediting_instant(settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(CREDIT_AT, runs=False)
    settings.ALLOW_COMMAND_APPROVAL = True


@pytest.fixture
def people(db: None) -> tuple[User, User]:
    return (
        UserFactory.create(username="ops", role="ops"),
        UserFactory.create(username="boss", role="approver"),
    )


def code_of(draw: Draw) -> str:
    return str(draw.campaign.code)


def refusal(*words: object) -> str:
    """Run a command that refuses; return its one sentence."""
    outcome = run(*words, "--json")
    assert (outcome.code, outcome.data["error"]) == (1, outcome.reason)
    return outcome.reason


def test_a_payout_is_run_by_the_database_s_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of(prepared().draw)
    settings.CAMPAIGN_NOW = None
    monkeypatch.setattr(timezone, "now", lambda: CREDIT_AT - timedelta(seconds=1))

    assert run("payout", "run", code).code == 0

    ended_at = Payout.objects.get().ended_at
    assert ended_at is not None
    assert ended_at > CREDIT_AT


@pytest.mark.usefixtures("people")
def test_a_payout_from_its_preparation_to_its_close(tmp_path: Path) -> None:
    draw = confirmed()
    code = code_of(draw)
    leave("W1")
    lower("W3", to=15_000)

    requested = run_json("payout", "prepare", code, "--by", "ops")
    assert (requested["state"], requested["open"], requested["credited"]) == ("prepared", 3, 0)
    assert run_json("payout", "prepare", code, "--by", "ops")["approval"] == requested["approval"]
    run_json("approval", "approve", requested["approval"], "--by", "boss")
    assert run_json("payout", "status", code)["state"] == "approved"
    assert run_json("payout", "prepare", code, "--by", "ops")["approval"] is None

    done = run_json("payout", "run", code)
    assert (done["state"], done["credited"], done["credited_points"]) == ("paid", 2, 27_340)
    assert (done["forfeited"], done["forfeited_points"]) == (1, 5_000)
    assert (done["released_points"], done["open"], done["pending"]) == (5_000, 2, 0)
    assert done["ended_at"] == "2025-02-15T10:00:00+09:00"

    exported = run_json("payout", "export", code, "--output", tmp_path)
    assert exported["name"] == "credits-20250215-001.csv"
    assert (exported["rows"], exported["total_points"]) == (2, 27_340)
    rows = {row["wester_id"]: row for row in export(Payout.objects.get(), tmp_path)}
    file = write_answers(tmp_path, [answer(rows["W2"])])
    settled = run_json("payout", "settle", code, file)
    assert (settled["state"], settled["open"]) == ("settling", 1)
    assert settled["file"]["applied"] == 1
    assert settled["classes"]["agrees"] == settled["classes"]["missing_there"] == 1

    key = rows["W3"]["credit_key"]
    requested = run_json(
        "payout", "resolve", code, key, "--as", "rejected", "--reason", "lost", "--by", "ops"
    )
    run_json("approval", "approve", requested["approval"], "--by", "boss")
    closed = run_json("payout", "close", code)
    assert (closed["state"], closed["open"], closed["credited"]) == ("closed", 0, 1)
    assert closed["forfeited_points"] == 20_000
    assert closed["closed_at"] == "2025-02-15T10:00:00+09:00"
    assert run_json("ledger", "verify") == {
        "ok": True,
        "accounts": 7,
        "transfers": 10,
        "findings": [],
    }


def test_nothing_is_run_before_its_time(settings: Settings) -> None:
    draw = prepared().draw
    settings.CAMPAIGN_NOW = MovedClock(CREDIT_AT - timedelta(seconds=1), runs=False)

    assert refusal("payout", "run", code_of(draw)) == (
        "Points are credited from Feb. 15, 2025, 10 a.m. on."
    )


@pytest.mark.usefixtures("people")
def test_what_is_missing_is_named() -> None:
    draw = confirmed()
    code = code_of(draw)

    assert "payout prepare" in refusal("payout", "run", code)
    assert "payout prepare" in refusal("payout", "close", code)
    assert refusal("payout", "status", "nothing").startswith("There is no campaign")
    assert refusal("payout", "prepare", code, "--by", "boss").startswith("Only the role")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("verb", ["prepare", "run", "export", "settle", "close"])
def test_a_dry_run_changes_nothing(verb: str, tmp_path: Path) -> None:
    words: dict[str, list[Any]] = {"prepare": ["--by", "ops"], "export": ["--output", tmp_path]}
    if verb == "prepare":
        draw = confirmed()
    elif verb == "run":
        draw = prepared().draw
    else:
        payout = paid()
        draw = payout.draw
        if verb != "export":
            rows = export(payout, tmp_path)
            file = write_answers(tmp_path, [reject(rows[0])])
            words["settle"] = [file]
        if verb == "close":
            every = write_answers(tmp_path, map(answer, rows))
            run_json("payout", "settle", code_of(draw), every)
    code = code_of(draw)
    before = (transfers(), run_json("payout", "status", code), sorted(tmp_path.iterdir()))

    run_json("payout", verb, code, *words.get(verb, []), "--dry-run")

    assert before == (transfers(), run_json("payout", "status", code), sorted(tmp_path.iterdir()))


def test_a_refused_file_is_reported_and_recorded(tmp_path: Path) -> None:
    payout = paid()
    rows = export(payout, tmp_path)
    file = write_answers(tmp_path, map(answer, rows), manifest={"rows": 7})

    ended: Ended = run("payout", "settle", code_of(payout.draw), file, "--json")

    assert ended.code == 1
    assert (ended.data["file"]["status"], ended.data["file"]["reason"]) == (
        "refused",
        "row_count_differs",
    )


@pytest.mark.usefixtures("people")
def test_a_credit_is_reversed_by_its_number() -> None:
    paid()
    credit = Transfer.objects.filter(kind="credit").latest("id")
    words = ("points", "reverse", credit.pk, "--reason", "wrong", "--by", "ops")

    dry = run_json(*words, "--dry-run")
    requested = run_json(*words)
    run_json("approval", "approve", requested["approval"], "--by", "boss")

    assert (dry["approval"], requested["points"]) == (None, credit.points)
    assert run_json(*words)["approval"] is None
    assert refusal("points", "reverse", 0, "--reason", "x", "--by", "ops").startswith("There is no")


def test_credits_expire_by_command(settings: Settings) -> None:
    paid()
    assert run_json("points", "expire") == {"expired": 0, "expired_points": 0}
    settings.CAMPAIGN_NOW = MovedClock(CREDIT_AT.replace(year=2026, month=4), runs=False)

    expected = {"expired": 3, "expired_points": 37_340}
    assert run_json("points", "expire", "--dry-run") == expected
    assert run_json("points", "expire") == expected
    assert run_json("points", "expire") == {"expired": 0, "expired_points": 0}


def test_a_key_that_is_none_is_wrong_usage() -> None:
    payout = paid()
    words = ("payout", "resolve", code_of(payout.draw), "ff", "--as", "rejected", "--reason", "x")
    UserFactory.create(username="ops", role="ops")
    with pytest.raises(CommandError) as refused:
        call_command(*words, "--by", "ops", stdout=StringIO())
    assert refused.value.returncode == 2


def test_status_shows_what_staff_must_know(settings: Settings) -> None:
    draw = confirmed()
    code = code_of(draw)
    settings.CAMPAIGN_NOW = MovedClock(CREDIT_AT - timedelta(seconds=1), runs=False)
    assert run_json("payout", "status", code)["warnings"] == []
    settings.CAMPAIGN_NOW = MovedClock(CREDIT_AT, runs=False)

    status = run_json("payout", "status", code)

    assert (status["state"], status["warnings"]) == (
        "confirmed",
        [f"{code}: the payout is due and not approved."],
    )
    assert "not approved" in run("payout", "status", code).stdout
