"""Close a payout once both sides agree on every key and every sum.

Source: docs/specs/points.md 3.4.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core import approvals
from core.audit import Actor
from core.locks import Lock, acquire
from lottery.models import Draw
from lottery.refusals import KeysNeeded
from points import auditing
from points.models import AwardStanding, CreditFile, Payout
from points.queries import count_awards, describe_waiting_answers, find_open_keys
from points.refusals import AnswersWait, KeysOpen, NotExported, NotPaid, SumsDiffer


@transaction.atomic
def close_payout(*, payout: Payout, at: datetime, actor: Actor | None = None) -> bool:
    """Close a payout; return whether it was open.

    Without ``actor`` the audit records the machine's user.

    Raises:
        NotPermitted: the person may not pay.
        NotPaid: it has not ended.
        NotExported: the file of credits was never written.
        KeysOpen: there are keys on which both sides do not agree.
        AnswersWait: rows of results files wait in quarantine.
        SumsDiffer: an award is not the sum of what was credited, released and forfeited of it.
    """
    approvals.require_actor(actor, auditing.MAY_PAY)
    acquire(Lock.LEDGER)
    payout.refresh_from_db(fields=["ended_at", "closed_at"])
    if payout.closed_at:
        return False
    if payout.ended_at is None:
        raise NotPaid(_("The payout has not ended."))
    refuse_open_keys(payout)
    refuse_differing_sums(payout)
    payout.closed_at = at
    payout.save(update_fields=["closed_at"])
    auditing.record_payout_step(
        "close", payout, actor=actor, at=at, detail=count_awards(payout.draw)
    )
    return True


def refuse_erasure_before_close(draw: Draw) -> None:
    """Refuse to erase the keys of a confirmed draw before its payout is closed.

    ``lottery.forgetting`` calls it. Source: docs/specs/draw-protocol.md 2.8: after the close.

    Raises:
        KeysNeeded: see above.
    """
    if draw.state != Draw.State.CONFIRMED:
        return
    if not Payout.objects.filter(draw=draw, closed_at__isnull=False).exists():
        raise KeysNeeded(_("The payout of this draw is not closed; its keys are kept until then."))


def refuse_open_keys(payout: Payout) -> None:
    """Refuse to close before the export, or while a key or an answer is open.

    Raises:
        NotExported, KeysOpen, AnswersWait: see above.
    """
    if not CreditFile.objects.filter(payout=payout).exists():
        raise NotExported(_("The file of credits was never written."))
    if count := find_open_keys(payout).count():
        raise KeysOpen(
            _("There are %(count)s keys on which both sides do not agree.") % {"count": count}
        )
    if waiting := describe_waiting_answers(payout):
        raise AnswersWait(" ".join(waiting))


def refuse_differing_sums(payout: Payout) -> None:
    """Refuse to close where an award or the sum differs from what became of it.

    Raises:
        SumsDiffer: see above.
    """
    agrees = F("credited_points") + F("released_points") + F("forfeited_points")
    differing = AwardStanding.objects.filter(draw=payout.draw_id).exclude(award_points=agrees)
    counts = count_awards(payout.draw)
    ends = ("credited_points", "released_points", "forfeited_points")
    total = sum(counts[name] for name in ends)
    if differing.exists() or not total == counts["award_points"] == payout.award_points:
        raise SumsDiffer(_("The awards are not what was credited, released and forfeited."))
