"""What the audit records of a payout: who ran, exported, settled and closed it, and when."""

import socket
from pathlib import Path

import pytest
from pytest_django import Settings

from config.env import MovedClock
from core.audit import machine_user
from core.models import AuditRecord
from lottery.queries import subject_of
from points import exporting, payout, settling
from points.models import Payout
from tests.campaign.commands import run_json
from tests.factories.lottery import person
from tests.points.answers import answer, export, reject, write_answers
from tests.points.steps import CREDIT_AT, paid, pay, prepared

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_crediting_instant(settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(CREDIT_AT, runs=False)


def recorded(step: str) -> list[AuditRecord]:
    """Return the records of a step, each of which names the user who typed the command."""
    lines = list(AuditRecord.objects.filter(action=f"payout.{step}").order_by("id"))
    for line in lines:
        assert (line.user, line.os_user, line.host) == (None, machine_user(), socket.gethostname())
        assert (line.subject, line.at) == (subject_of(Payout.objects.get().draw), CREDIT_AT)
    return lines


def code() -> str:
    return str(Payout.objects.get().draw.campaign.code)


def test_a_run_by_command_is_recorded_while_awards_wait() -> None:
    prepared()
    run_json("payout", "run", code(), "--dry-run")
    assert recorded("run") == []

    run_json("payout", "run", code())
    run_json("payout", "run", code())

    [line] = recorded("run")
    assert (line.detail["pending"], line.detail["credited"]) == (3, 0)


def test_what_workers_pay_is_not_recorded_as_a_persons() -> None:
    pay(prepared())

    assert recorded("run") == []


def test_every_export_is_recorded(tmp_path: Path) -> None:
    paid()
    run_json("payout", "export", code(), "--output", tmp_path, "--dry-run")
    assert recorded("export") == []

    first = run_json("payout", "export", code(), "--output", tmp_path)
    run_json("payout", "export", code(), "--output", tmp_path)

    names = ("name", "rows", "total_points", "sha256")
    assert [line.detail for line in recorded("export")] == [
        {name: first[name] for name in names}
    ] * 2


def test_a_settlement_is_recorded_once_for_each_file(tmp_path: Path) -> None:
    rows = export(paid(), tmp_path)
    path = write_answers(tmp_path, [reject(rows[0]), *map(answer, rows[1:])])
    run_json("payout", "settle", code(), path, "--dry-run")
    assert recorded("settle") == []

    run_json("payout", "settle", code(), path)
    run_json("payout", "settle", code(), path)

    [line] = recorded("settle")
    assert line.detail == {"name": path.name, "applied": 3, "quarantined": 0, "forfeited": 1}


def test_a_close_is_recorded_with_its_sums(tmp_path: Path) -> None:
    rows = export(paid(), tmp_path)
    run_json("payout", "settle", code(), write_answers(tmp_path, map(answer, rows)))

    run_json("payout", "close", code())

    [line] = recorded("close")
    assert line.detail["credited_points"] == line.detail["award_points"] == 37_340


def test_a_person_signed_in_is_recorded_by_name(tmp_path: Path) -> None:
    ready, ops = prepared(), person("ops")
    payout.record_run_start(ready, at=CREDIT_AT, actor=ops)
    exporting.export_credits(payout=pay(ready), folder=tmp_path, at=CREDIT_AT, actor=ops)
    path = write_answers(tmp_path, map(answer, export(ready, tmp_path)))
    settling.settle(payout=ready, path=path, at=CREDIT_AT, actor=ops)

    lines = AuditRecord.objects.filter(user=ops.user, action__startswith="payout.")
    assert set(lines.values_list("action", flat=True)) == {
        "payout.run",
        "payout.export",
        "payout.settle",
    }
