"""The verdict of the public verifier on the files of a draw that a request is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import audit, clock
from core.audit import Actor
from core.models import Approval, AuditRecord
from lottery.queries import find_subject
from lottery.verifying import verify_draw

VERIFIED = "draw.verified"
MAX_LINES = 30


@dataclass(frozen=True)
class Verdict:
    """What the verifier said, to whom and when; ``lines`` are its own, in English."""

    accepted: bool
    at: datetime
    by: str
    lines: list[str]


def verify(approval: Approval, *, actor: Actor) -> bool:
    """Run the verifier over the files of the draw; record its verdict in the audit, return it.

    It takes some seconds with many entrants.
    """
    lines: list[str] = []
    draw = find_subject(approval.subject)
    accepted = verify_draw(draw, print_line=lines.append)
    detail: dict[str, Any] = {
        "approval": approval.pk,
        "accepted": accepted,
        "manifest_sha256": bytes(draw.manifest_sha256).hex(),
        "lines": lines[-MAX_LINES:],
    }
    audit.record(
        actor=actor, action=VERIFIED, subject=approval.subject, at=clock.now(), detail=detail
    )
    return accepted


def last_verdict(approval: Approval) -> Verdict | None:
    """Return the last verdict for a request; None where nobody had it verified yet."""
    records = AuditRecord.objects.filter(
        action=VERIFIED, subject=approval.subject, detail__approval=approval.pk
    )
    last = records.order_by("-id").first()
    if last is None:
        return None
    return Verdict(last.detail["accepted"], last.at, last.name, last.detail["lines"])
