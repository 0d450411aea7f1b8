"""Record in the audit what people do with a payout or remove: who, when, and the counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core import audit
from core.audit import Actor
from core.models import Approval
from lottery.queries import subject_of
from points.models import Payout

MAY_PAY = "points.run_payout"


def record_payout_step(
    step: str, payout: Payout, *, actor: Actor | None, at: datetime, detail: Mapping[str, Any]
) -> None:
    """Record one step of a payout, in the transaction of that step.

    Without ``actor`` it names the machine's user, who ran a command. Nothing in it names a member.
    """
    audit.record(
        actor=actor,
        action=f"payout.{step}",
        subject=subject_of(payout.draw),
        at=at,
        detail=detail,
    )


def record_removal(action: str, approval: Approval, counts: Mapping[str, int]) -> None:
    """Record what an approved erasure or purge removed: how many rows of which table.

    It is in the name of the person who approved it; a worker may have done it.
    """
    if approval.decided_by is None or approval.decided_at is None:
        raise TypeError("Nobody approved it.")
    audit.record(
        actor=Actor(approval.decided_by),
        action=action,
        subject=approval.subject,
        at=approval.decided_at,
        detail={"approval": approval.pk, "tables": dict(counts)},
    )
