"""The language in which these tests read sentences, and actions without an app above."""

import sys
from importlib import import_module

import pytest

from core import approvals
from core.models import Approval
from lottery import confirming, forgetting, voiding
from tests.people import _in_english

__all__ = ["_in_english", "money"]
# py-ecc raises the limit of recursion so far that the process ends before Python raises. The site
# never imports it, so the tests beside those of the verifier have Python's own limit.
recursion_limit = sys.getrecursionlimit()
import_module("py_ecc")
sys.setrecursionlimit(recursion_limit)


def confirm_alone(approval: Approval) -> None:
    confirming.confirm_approved(approval)


def void_alone(approval: Approval) -> None:
    voiding.void_approved(approval)


@pytest.fixture
def money(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register confirm and void as an app above does, with nothing of its own."""
    monkeypatch.setattr(approvals, "_actions", dict(approvals._actions))
    monkeypatch.setattr(forgetting, "_guards", [])
    approvals.register(
        confirming.CONFIRM,
        confirm_alone,
        hold=confirming.hold,
        content=confirming.content_to_confirm,
        permission=confirming.PERMISSION,
    )
    approvals.register(
        voiding.VOID,
        void_alone,
        hold=voiding.hold,
        content=voiding.content_to_void,
        permission=voiding.PERMISSION,
    )
