"""An action of the tests' own, with who requests it and who decides."""

from typing import Any

from django.utils.translation import pgettext_lazy

from core import approvals
from core.audit import Actor
from core.models import Approval, AuditRecord, User
from tests.factories.campaign import AT, LATER, CampaignFactory, UserFactory

ACTION, SUBJECT, PERMISSION = "test.do", "something", "campaign.request_publication"
NAME = pgettext_lazy("approval", "Something")


class Doing:
    """An action whose content can change, and whose deed is seen, or fails."""

    def __init__(self) -> None:
        self.content: dict[str, Any] = {"points": 1}
        self.failure: Exception | None = None
        self.done: list[int] = []
        self.steps: list[str] = []

    def lock(self, subject: str) -> None:
        """Lock nothing: the approval's own lock is enough here."""
        self.steps.append("lock")

    def read(self, subject: str) -> dict[str, Any]:
        self.steps.append("read")
        return {"subject": subject, **self.content}

    def do(self, approval: Approval) -> None:
        """Leave a trace in the database, then fail where a test wants it."""
        self.steps.append("do")
        CampaignFactory.create(code=f"done-{approval.pk}")
        if self.failure:
            raise self.failure
        self.done.append(approval.pk)


def ask(actor: Actor, *, action: str = ACTION) -> Approval:
    return approvals.request(action=action, subject=SUBJECT, actor=actor, at=AT)


def refuse(approval: Approval, actor: Actor) -> Approval:
    return approvals.refuse(approval_id=approval.pk, actor=actor, at=LATER)


def audit_lines() -> list[tuple[str, str, str]]:
    """Return the audit's records: what was done, to what, by whom."""
    records = AuditRecord.objects.order_by("id").select_related("user")
    return [(one.action, one.subject, one.user.username if one.user else "-") for one in records]


def lacking(role: str | None = None, **values: Any) -> User:
    """Return a person with a role, or else with every right, who may still not act."""
    return UserFactory.create(role=role, **({} if role else {"is_superuser": True}) | values)
