"""Every action that any part of the program records in the audit has a name in words."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from core import action_names
from core.models import Approval
from tests.outside import ROOT

APPS = ("portal", "points", "lottery", "entries", "campaign", "bookings", "core", "config", "dev")
# Functions that record: where the code stands among their arguments, and what comes before it.
RECORDERS = {
    "audit.record": (None, ""),
    "audit.record_of_nobody": (None, ""),
    "record_own": (None, ""),
    "record": (1, ""),  # of core.staff
    "record_payout_step": (0, "payout."),
}
# Here the code is an argument of the function itself: its callers are looked at.
PASSES_ON = {
    "core/approvals.py",
    "core/audit.py",
    "core/sign_in/passwords.py",
    "core/staff.py",
    "points/auditing.py",
}
IN_SQL = re.compile(r"points_record_removal\('([a-z_.]+)'")


def python_files() -> list[Path]:
    return [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]


def recorded_in(path: Path) -> Iterator[str]:
    """Yield the codes that a file records; fail where one cannot be read from the source."""
    name = str(path.relative_to(ROOT))
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        function = ast.unparse(node.func).removeprefix("auditing.")
        if function not in RECORDERS or (function == "record" and not name.startswith("core/st")):
            continue
        place, before = RECORDERS[function]
        given = [one.value for one in node.keywords if one.arg == "action"]
        given += [] if place is None or given else node.args[place : place + 1]
        for argument in given:
            if name in PASSES_ON and not isinstance(argument, ast.Constant):
                continue
            yield before + value_of(argument, path)


def value_of(argument: ast.expr, path: Path) -> str:
    """Return a code that stands there itself, or as a constant of the module."""
    if isinstance(argument, ast.Constant):
        return str(argument.value)
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return str(getattr(module, ast.unparse(argument)))


def recorded() -> set[str]:
    codes = {code for path in python_files() for code in recorded_in(path)}
    codes |= {
        code for path in ROOT.glob("*/sql/*.sql") for code in IN_SQL.findall(path.read_text())
    }
    states = set(Approval.State.values) - {Approval.State.OPEN}
    return codes | {f"approval.{what}" for what in {"requested", *states}}


def test_the_test_finds_what_is_recorded() -> None:
    assert {
        "approval.approved",
        "campaign.purged",
        "draft.edited",
        "draw.reveal",
        "file.exported",
        "member.looked_up",
        "page.refused",
        "payout.settle",
        "staff.disabled",
        "staff.restored",
        "staff.setup",
        "staff.sign_in_failed",
        "staff.signed_in",
    } <= recorded()


def test_every_recorded_action_has_a_name_and_no_other_has_one() -> None:
    named = set(action_names.all_names())

    assert recorded() - named == set()
    assert named - recorded() == set()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_two_actions_have_one_name(language: str) -> None:
    with translation.override(language):
        names = [str(name) for name in action_names.all_names().values()]

    assert sorted(set(names)) == sorted(names)


def test_name_of_is_the_code_where_there_is_no_name() -> None:
    assert action_names.name_of("of.an.old.version") == "of.an.old.version"


def test_codes_named_finds_parts_of_names_in_either_case() -> None:
    with translation.override("en"):
        assert set(action_names.codes_named("SIGN-IN")) >= {
            "staff.signed_in",
            "staff.sign_in_failed",
        }
        assert action_names.codes_named("no such action") == []
