"""The second of two people, who approves what the first one requested."""

from datetime import datetime

from core import approvals
from core.audit import Actor
from core.models import Approval
from tests.factories.campaign import LATER, UserFactory


def person(role: str) -> Actor:
    """Return a new person with a role."""
    return Actor(UserFactory.create(role=role))


def approve(
    approval: Approval | int | None, actor: Actor | None = None, at: datetime = LATER
) -> Approval:
    """Approve a request, as a new approver where nobody is named."""
    assert approval
    pk = approval if isinstance(approval, int) else approval.pk
    return approvals.approve(approval_id=pk, actor=actor or person("approver"), at=at)
