"""The verdict of the public verifier on the files of a draw that a request is about."""

from dataclasses import dataclass
from datetime import datetime

from core import audit, clock
from core.audit import Actor
from core.models import Approval, AuditRecord
from lottery.models import Draw
from lottery.queries import find_subject
from lottery.verdict import Verdict, reach_verdict

VERIFIED = "draw.verified"
CONFIRM = "draw.confirm"


@dataclass(frozen=True)
class LastVerdict:
    """The last verdict, in words, and who had it reached when."""

    accepted: bool | None
    text: str
    at: datetime
    by: str


def verify(approval: Approval, *, actor: Actor) -> Verdict:
    """Run the verifier over the files of the draw, and record its verdict in the audit.

    It takes some seconds with many entrants.
    """
    verdict = reach_verdict(find_subject(approval.subject))
    audit.record(
        actor=actor,
        action=VERIFIED,
        subject=approval.subject,
        at=clock.now(),
        detail={
            "accepted": verdict.accepted,
            "drawn": verdict.is_drawn,
            "reason": verdict.reason,
        },
    )
    return verdict


def last_verdict(approval: Approval) -> LastVerdict | None:
    """Return the last verdict on the files that a request is about; None where there is none.

    The files of a list and of a result never change, so it counts for whomever it was reached.
    """
    is_drawn = approval.action == CONFIRM
    records = AuditRecord.objects.filter(
        action=VERIFIED, subject=approval.subject, detail__drawn=is_drawn
    )
    last = records.order_by("-at", "-id").first()
    if last is None:
        return None
    chain = find_subject(approval.subject).chain
    verdict = Verdict(
        last.detail["accepted"],
        is_drawn,
        is_test=chain == Draw.Chain.LOCAL,
        reason=last.detail.get("reason", ""),
    )
    return LastVerdict(verdict.accepted, verdict.text, last.at, last.name)
