"""Settle a row in quarantine as a person who may."""

from datetime import datetime

from django.db import transaction

from bookings import quarantine
from bookings.models import QuarantinedRow
from core import audit
from core.approvals import require
from core.audit import Actor

PERMISSION = "bookings.dismiss_quarantinedrow"


@transaction.atomic
def dismiss(*, row: int, reason: str, actor: Actor, at: datetime) -> QuarantinedRow:
    """Settle a row without applying it; the audit keeps who did, and why.

    Raises:
        NotPermitted: the person may not.
        ReasonMissing, RowNotOpen: as ``bookings.quarantine.dismiss`` does.
    """
    require(actor.user, PERMISSION)
    dismissed = quarantine.dismiss(row=row, reason=reason, by=actor.user.username, at=at)
    audit.record(
        actor=actor,
        action="quarantine.dismiss",
        subject=str(row),
        at=at,
        detail={"file": dismissed.file.name, "record": dismissed.record, "reason": reason.strip()},
    )
    return dismissed
