"""What people have done with a payout, in the audit: who, when, and what it came to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from campaign import audit
from campaign.audit import Actor
from lottery.queries import subject_of
from points.models import Payout

MAY_PAY = "points.run_payout"


def keep(
    step: str, payout: Payout, *, actor: Actor | None, at: datetime, detail: Mapping[str, Any]
) -> None:
    """Keep one line of a step with a payout, in the transaction of what it tells.

    Without ``actor`` it names the machine's user, who gave a command. Nothing in it names a member.
    """
    audit.record(
        actor=actor,
        action=f"payout.{step}",
        subject=subject_of(payout.draw),
        at=at,
        detail=detail,
    )
