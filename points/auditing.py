"""Record in the audit what people do with a payout or remove: who, when, and the counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core import audit
from core.audit import Actor
from core.models import Approval, AuditRecord
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


def log_removal(approval: Approval) -> None:
    """Write the record that an erasure or a purge made of itself to the log, once committed."""
    audit.log_once_committed(
        AuditRecord.objects.get(
            action__in=("member.erased", "campaign.purged"), detail__approval=approval.pk
        )
    )
