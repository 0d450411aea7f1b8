"""The language in which these tests read sentences, and actions without an app above."""

import sys
from importlib import import_module

import pytest

from core import approvals
from core.models import Approval
from lottery import confirming, forgetting, voiding
from lottery.queries import lock_draw_for_approval
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
    """Declare confirm and void as an app above does, with nothing of its own."""
    others = approvals.declared_actions()
    replaced = {confirming.CONFIRM, voiding.VOID}
    kept = {name: action for name, action in others.items() if name not in replaced}
    monkeypatch.setattr(approvals, "_actions", kept)
    monkeypatch.setattr(forgetting, "_erasure_checks", [])
    approvals.action(
        confirming.CONFIRM,
        name=others[confirming.CONFIRM].name,
        permission=confirming.PERMISSION,
        lock=lock_draw_for_approval,
        content=confirming.content_to_confirm,
    )(confirm_alone)
    approvals.action(
        voiding.VOID,
        name=others[voiding.VOID].name,
        permission=voiding.PERMISSION,
        lock=lock_draw_for_approval,
        content=voiding.content_to_void,
    )(void_alone)
