"""The language in which these tests read sentences."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from core import approvals
from core.models import Approval
from lottery import confirming, forgetting, voiding
from lottery.queries import lock_draw_for_approval


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def confirm_alone(approval: Approval) -> None:
    confirming.confirm_approved(approval)


def void_alone(approval: Approval) -> None:
    voiding.void_approved(approval)


@pytest.fixture
def money(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declare confirm and void as an app above does, with nothing of its own."""
    others = approvals.declared_actions().items()
    replaced = {confirming.CONFIRM, voiding.VOID}
    kept = {name: action for name, action in others if name not in replaced}
    monkeypatch.setattr(approvals, "_actions", kept)
    monkeypatch.setattr(forgetting, "_erasure_checks", [])
    approvals.action(
        confirming.CONFIRM,
        permission=confirming.PERMISSION,
        lock=lock_draw_for_approval,
        content=confirming.content_to_confirm,
    )(confirm_alone)
    approvals.action(
        voiding.VOID,
        permission=voiding.PERMISSION,
        lock=lock_draw_for_approval,
        content=voiding.content_to_void,
    )(void_alone)
