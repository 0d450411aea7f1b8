"""Record in the audit what people do with a payout: who, when, and the counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core import audit
from core.audit import Actor
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
