"""Commands as a program calls them: what they print, how they end, what they leave."""

import json
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command

from campaign.models import Campaign, Terms
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


def run(*words: object) -> Ended:
    """Run a command; a refusal is its exit code and its reason."""
    stdout, stderr = StringIO(), StringIO()
    try:
        call_command(*(str(word) for word in words), stdout=stdout, stderr=stderr)
    except CommandError as refusal:
        return Ended(refusal.returncode, stdout.getvalue(), str(refusal))
    assert stderr.getvalue() == ""
    return Ended(0, stdout.getvalue(), "")


def run_json(*words: object) -> Any:
    """Run a command with --json, see that it is done, and return the object it printed."""
    ended = run(*words, "--json")
    assert (ended.code, ended.stdout.count("\n")) == (0, 1)
    return ended.data


def refused(*words: object) -> str:
    """Run a command that refuses, with and without --json alike; return its one sentence."""
    plain, told = run(*words), run(*words, "--json")
    assert (plain.code, plain.stdout) == (1, "")
    assert (told.code, told.data["error"]) == (1, plain.reason)
    assert "\n" not in plain.reason
    return plain.reason


def stored() -> list[Any]:
    """Return all rows that the commands of this app write."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Campaign, Terms, Approval, AuditRecord, User, User.groups.through)
    ]
