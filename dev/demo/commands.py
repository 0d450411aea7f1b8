"""Run the project's commands as a person would, and read their JSON."""

import json
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command

from dev.demo.refusals import CommandFailed


def run_command(*words: str) -> dict[str, Any]:
    """Run a command of the project with --json, and return what it reports.

    Raises:
        CommandFailed: it ended with another exit code than 0; the sentence is its own.
    """
    output = StringIO()
    try:
        call_command(*words, "--json", stdout=output, stderr=StringIO())
    except CommandError as failure:
        raise CommandFailed(f"{' '.join(words[:2])}: {failure}") from failure
    report: dict[str, Any] = json.loads(output.getvalue())
    return report


def request_and_approve(*words: str, by: str, approver: str) -> dict[str, Any]:
    """Run a command that opens an approval, and approve it; return the command's report.

    Nothing is approved where nothing was left to request.
    """
    report = run_command(*words, "--by", by)
    if report["approval"] is not None:
        run_command("approval", "approve", str(report["approval"]), "--by", approver)
    return report
