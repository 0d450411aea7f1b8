"""What a person decides by command names that person, beside the machine's user and the host."""

import argparse
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from pytest_django import Settings

from config.env import MovedClock
from core.audit import machine_user
from core.models import Approval, AuditRecord
from lottery.models import Draw
from points.models import Payout, Transfer
from tests.commands import run, stored
from tests.factories.campaign import AT, FIRST_FILE, CampaignFactory, UserFactory
from tests.factories.lottery import (
    FREEZES,
    ROUND,
    closed_campaign,
    confirm,
    drawn_draw,
    frozen_draw,
    published_draw,
)
from tests.points.answers import answer, export, settle, write_answers
from tests.points.steps import CREDIT_AT, confirmed, paid, prepared

pytestmark = pytest.mark.django_db
OURS = ("core", "bookings", "campaign", "entries", "lottery", "points")
AFTER_ROUND = ROUND + timedelta(hours=1)


@dataclass(frozen=True)
class Step:
    """A command, what it needs before it, when it is typed, and what the audit calls it."""

    stage: Callable[[Path], list[Any]]
    at: datetime
    action: str
    role: str


def of_payout(payout: Payout, verb: str, *words: object) -> list[Any]:
    return ["payout", verb, payout.draw.campaign.code, *words]


def settled(folder: Path) -> Payout:
    """Return a payout on which both sides agree."""
    payout = paid()
    settle(payout, folder, map(answer, export(payout, folder)))
    return payout


def answered(folder: Path) -> list[Any]:
    """Return the words that settle a payout."""
    payout = paid()
    return of_payout(payout, "settle", write_answers(folder, map(answer, export(payout, folder))))


def lapsing(_folder: Path) -> list[Any]:
    """Return the words that have credits expire, of which there are some."""
    paid()
    return ["points", "expire"]


def frozen(_folder: Path) -> list[Any]:
    return ["draw", "freeze", closed_campaign().code, "--round-time", ROUND.isoformat()]


def of_new(verb: str, *options: str) -> Callable[[Path], list[Any]]:
    """Return what makes a staff user and the words that change their account."""

    def stage(_folder: Path) -> list[Any]:
        return ["staff", verb, UserFactory.create(role="support").username, *options]

    return stage


STEPS = {
    "campaign load": Step(
        lambda _: ["campaign", "load", FIRST_FILE], AT, "campaign.load", "campaign"
    ),
    "staff add": Step(
        lambda _: ["staff", "add", "new", "--role", "support", "--generate"],
        AT,
        "staff.add",
        "accounts",
    ),
    "staff role": Step(of_new("role", "--add", "auditor"), AT, "staff.role_added", "accounts"),
    "staff reset": Step(of_new("reset", "--generate"), AT, "staff.reset", "accounts"),
    "staff disable": Step(of_new("disable"), AT, "staff.disabled", "accounts"),
    "draw freeze": Step(frozen, FREEZES, "draw.freeze", "ops"),
    "draw run": Step(
        lambda _: ["draw", "run", published_draw().campaign.code], AFTER_ROUND, "draw.run", "ops"
    ),
    "draw export": Step(
        lambda to: ["draw", "export", drawn_draw().campaign.code, "--output", to / "bundle"],
        AFTER_ROUND,
        "draw.export",
        "ops",
    ),
    "payout run": Step(lambda _: of_payout(prepared(), "run"), CREDIT_AT, "payout.run", "ops"),
    "payout export": Step(
        lambda to: of_payout(paid(), "export", "--output", to), CREDIT_AT, "payout.export", "ops"
    ),
    "payout settle": Step(answered, CREDIT_AT, "payout.settle", "ops"),
    "payout close": Step(
        lambda to: of_payout(settled(to), "close"), CREDIT_AT, "payout.close", "ops"
    ),
    "points expire": Step(lapsing, CREDIT_AT.replace(year=2026, month=4), "points.expire", "ops"),
}
# These name a person in any installation: they open an approval, or disclose what is private.
ALWAYS = {
    "approval approve",
    "approval refuse",
    "campaign publish",
    "campaign purge",
    "campaign revise",
    "draw confirm",
    "draw forget",
    "draw publish",
    "draw receipt",
    "draw reveal",
    "draw void",
    "member disclose",
    "member erase",
    "payout prepare",
    "payout resolve",
    "points reverse",
    "quarantine dismiss",
    "staff superuser",
}
# They show members: the audit names who looks (tests of look-ups).
LOOKING = {"explain", "export_totals", "quarantine list"}
# They change nothing, or load and aggregate, which needs nobody; the host's own make or restore
# accounts where nobody could be named.
NOBODY = {
    "aggregate",
    "approval actions",
    "approval list",
    "audit verify",
    "campaign check",
    "campaign show",
    "draw audit",
    "draw forecast",
    "draw local_round",
    "draw status",
    "draw verify",
    "ledger verify",
    "load_feeds",
    "load_network",
    "migrate",
    "payout status",
    "quarantine replay",
    "staff list",
    "staff restore",
    "staff setup",
    "touches",
}


@pytest.fixture(params=STEPS)
def step(request: pytest.FixtureRequest, settings: Settings) -> Step:
    """Stand at the instant at which a step is typed."""
    found = STEPS[request.param]
    settings.CAMPAIGN_NOW = MovedClock(found.at, runs=False)
    return found


def typed(*words: object) -> tuple[int, str]:
    """Run a command; return its exit code and its sentence."""
    try:
        call_command(*map(str, words), stdout=StringIO(), stderr=StringIO())
    except CommandError as refusal:
        return refusal.returncode, str(refusal)
    return 0, ""


def recorded(action: str) -> AuditRecord:
    """Return the last line of the audit of this action; each names user and host."""
    line = AuditRecord.objects.filter(action=action).latest("id")
    assert (line.os_user, line.host) == (machine_user(), socket.gethostname())
    return line


def test_the_audit_names_the_person(step: Step, tmp_path: Path) -> None:
    words = step.stage(tmp_path)
    person = UserFactory.create(username="hanako", role=step.role)

    assert typed(*words, "--by", "hanako") == (0, "")

    assert recorded(step.action).user == person


def test_outside_production_the_machines_user_stands_in(step: Step, tmp_path: Path) -> None:
    assert typed(*step.stage(tmp_path)) == (0, "")

    assert recorded(step.action).user is None


def test_production_requires_a_person(step: Step, tmp_path: Path, settings: Settings) -> None:
    words = step.stage(tmp_path)
    UserFactory.create(username="personnel", role="accounts")
    before = [stored(), Draw.objects.values_list("state").first()]
    settings.PRODUCTION = True

    code, sentence = typed(*words)

    assert (code, "--by USER" in sentence) == (2, True)
    assert [stored(), Draw.objects.values_list("state").first()] == before


def test_who_does_not_hold_the_permission_is_refused(step: Step, tmp_path: Path) -> None:
    words = [*step.stage(tmp_path), "--by", "hanako"]
    UserFactory.create(username="hanako", is_staff=True)
    before = stored()
    attempts = [words] if step.action == "draw.export" else [words, [*words, "--dry-run"]]

    for attempt in attempts:
        code, sentence = typed(*attempt)
        assert (code, sentence.startswith("Only the role")) == (1, True)
    assert stored() == before


def test_who_was_disabled_is_refused(step: Step, tmp_path: Path) -> None:
    words = step.stage(tmp_path)
    UserFactory.create(username="hanako", role=step.role, is_active=False)
    before = stored()

    code, sentence = typed(*words, "--by", "hanako")

    assert (code, sentence.startswith("There is no active staff user")) == (1, True)
    assert stored() == before


def reversal() -> list[Any]:
    """Return the words that request the reversal of a credit."""
    paid()
    credit = Transfer.objects.filter(kind="credit").latest("id")
    return ["points", "reverse", credit.pk, "--reason", "wrong"]


REQUESTS: dict[str, tuple[datetime, Callable[[], list[Any]]]] = {
    "campaign publish": (
        AT,
        lambda: ["campaign", "publish", CampaignFactory.create(draft=True).code],
    ),
    "draw publish": (FREEZES, lambda: ["draw", "publish", frozen_draw().campaign.code]),
    "payout prepare": (CREDIT_AT, lambda: ["payout", "prepare", confirmed().campaign.code]),
    "points reverse": (CREDIT_AT, reversal),
}


@pytest.mark.parametrize("request_of", REQUESTS)
@pytest.mark.parametrize("by_command", [True, False])
def test_a_request_names_the_next_step_that_is_allowed_here(
    settings: Settings, request_of: str, by_command: bool
) -> None:
    at, stage = REQUESTS[request_of]
    settings.CAMPAIGN_NOW = MovedClock(at, runs=False)
    words = stage()
    settings.ALLOW_COMMAND_APPROVAL, settings.PRODUCTION = by_command, not by_command
    UserFactory.create(username="hanako", is_staff=True, is_superuser=True)

    said = run(*words, "--by", "hanako").stdout

    number = Approval.objects.latest("id").pk
    assert (f"approval approve {number} --by USER" in said) is by_command
    assert ("signs in at /staff/approvals/" in said) is not by_command


def test_public_files_are_exported_by_anybody(tmp_path: Path, settings: Settings) -> None:
    draws = [published_draw(), confirm(drawn_draw({"W9": 5_000}))]
    settings.PRODUCTION = True

    for draw in draws:
        words = ("draw", "export", draw.campaign.code, "--output", tmp_path / str(draw.pk))
        assert typed(*words) == (0, "")
    assert not AuditRecord.objects.filter(action="draw.export").exists()


def verbs() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command of ours with its parser, a command of several verbs verb by verb."""
    for name, app in get_commands().items():
        if app in OURS:
            parser = load_command_class(app, name).create_parser("manage.py", name)
            inner = {
                f"{name} {verb}": each
                for action in parser._actions
                if isinstance(action, argparse._SubParsersAction)
                for verb, each in action.choices.items()
            }
            yield from (inner or {name: parser}).items()


def test_every_command_is_listed_with_whether_it_names_a_person() -> None:
    found = {
        name: [one.required for one in parser._actions if "--by" in one.option_strings]
        for name, parser in verbs()
    }

    assert {name for name, by in found.items() if by == [False]} == set(STEPS) | LOOKING
    assert {name for name, by in found.items() if by == [True]} == ALWAYS
    assert {name for name, by in found.items() if by == []} == NOBODY
