"""Give the orders that a person would type, and read their answers."""

import json
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command

from dev.demo.refusals import OrderRefused


def order(*words: str) -> dict[str, Any]:
    """Run a command of the project with --json, and return its answer.

    Raises:
        OrderRefused: the command ended with another exit code than 0; the sentence is its own.
    """
    answer = StringIO()
    try:
        call_command(*words, "--json", stdout=answer, stderr=StringIO())
    except CommandError as failure:
        raise OrderRefused(f"{' '.join(words[:2])}: {failure}") from failure
    data: dict[str, Any] = json.loads(answer.getvalue())
    return data


def have_approved(*words: str, by: str, approver: str) -> dict[str, Any]:
    """Have one person ask for something and another one allow it; return what was asked.

    Nothing is approved where there was nothing left to ask for.
    """
    asked = order(*words, "--by", by)
    if asked["approval"] is not None:
        order("approval", "approve", str(asked["approval"]), "--by", approver)
    return asked
