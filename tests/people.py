"""People with roles, an action to approve, and English sentences."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from core import approvals
from core.audit import Actor
from tests.core.doing import ACTION, NAME, PERMISSION, Doing
from tests.factories.campaign import UserFactory


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def asking(db: None) -> Actor:
    """Return a staff user who may request publications."""
    return Actor(UserFactory.create(username="asking", role="campaign"))


@pytest.fixture
def deciding(db: None) -> Actor:
    """Return a staff user who may approve them."""
    return Actor(UserFactory.create(username="deciding", role="approver"))


@pytest.fixture
def doing(monkeypatch: pytest.MonkeyPatch) -> Doing:
    """Declare an action for one test."""
    doing = Doing()
    monkeypatch.setattr(approvals, "_actions", dict(approvals._actions))
    declare = approvals.action(
        ACTION, name=NAME, permission=PERMISSION, lock=doing.lock, content=doing.read
    )
    declare(doing.do)
    return doing
