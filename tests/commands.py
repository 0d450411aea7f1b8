"""Run management commands as a program does: what they print, how they end, what they store."""

import json
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command

from campaign.models import Campaign, Prize, Terms
from core.models import Approval, AuditRecord, User


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    stdout: str
    reason: str

    @property
    def data(self) -> Any:
        """The one JSON object on standard output."""
        return json.loads(self.stdout)


def run(*words: object, may_warn: bool = False) -> Ended:
    """Run a command; a refusal is its exit code and its reason."""
    stdout, stderr = StringIO(), StringIO()
    try:
        call_command(*map(str, words), stdout=stdout, stderr=stderr)
    except CommandError as refusal:
        return Ended(refusal.returncode, stdout.getvalue(), str(refusal))
    # What takes long prints its progress there as well.
    assert may_warn or "Warning" not in stderr.getvalue()
    return Ended(0, stdout.getvalue(), "")


def run_json(*words: object, may_warn: bool = False) -> Any:
    """Run a command with --json, check that it is done, and return the object it printed."""
    ended = run(*words, "--json", may_warn=may_warn)
    assert (ended.code, ended.reason, ended.stdout.count("\n")) == (0, "", 1)
    return ended.data


def refused(*words: object, code: int = 1) -> str:
    """Run a command that refuses, with and without --json alike; return its one sentence."""
    ended = run(*words)
    assert (ended.code, ended.stdout) == (code, "")
    if code == 1:
        as_json = run(*words, "--json")
        assert (as_json.code, as_json.data["error"]) == (1, ended.reason)
    assert "\n" not in ended.reason
    return ended.reason


def stored() -> list[Any]:
    """Return all rows that commands of campaigns, approvals and staff write.

    A refused page writes one thing: that it was refused.
    """
    audited = AuditRecord.objects.exclude(action="page.refused")
    models = (Campaign, Terms, Prize, Approval, User, User.groups.through)
    tables = (audited, *(model.objects for model in models))
    return [list(rows.order_by("pk").values()) for rows in tables]
