"""The language in which these tests read sentences."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from core import approvals
from core.models import Approval
from lottery import confirming, forgetting, voiding


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
    """Register confirm and void as an app above does, with nothing of its own."""
    monkeypatch.setattr(approvals, "_actions", dict(approvals._actions))
    monkeypatch.setattr(forgetting, "_erasure_checks", [])
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
