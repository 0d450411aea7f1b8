"""Reserve what a confirmed draw owes, and take it back where the draw is void.

Both are done in the transaction that confirms or voids; ``lottery`` knows nothing of points.
Source: docs/specs/points.md 1, 2.
"""

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from core import approvals
from core.models import Approval
from lottery import confirming, voiding
from lottery.models import Draw
from lottery.queries import find_subject, lock_draw_for_approval
from points import keys
from points.accounts import campaign_accounts, open_accounts
from points.models import Account, Payout, Transfer
from points.queries import decided_at
from points.refusals import PayoutApproved

Kind = Account.Kind

# Reads lottery_award (award_rank_once), lottery_entrant and lottery_draw by their keys.
RESERVE = f"""
INSERT INTO points_transfer
    (key, kind, debit_id, credit_id, points, award_id, at, made_by, approval_id)
SELECT {keys.award_key_sql(keys.RESERVE)}, 'reserve', %(budget)s, %(reserved)s, award.points,
    award.id, %(at)s, 'draw.confirm', %(approval)s
FROM lottery_draw draw
JOIN lottery_award award ON award.draw_id = draw.id
JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
WHERE draw.id = %(draw)s
ORDER BY 1
ON CONFLICT (key, payload) DO NOTHING"""
# Reads points_transfer by transfer_one_of_a_kind_per_award.
UNRESERVE = f"""
INSERT INTO points_transfer
    (key, kind, debit_id, credit_id, points, reverses_id, reason, at, made_by, approval_id)
SELECT {keys.key_sql(keys.REVERSE, "reserve.key")}, 'reverse', reserve.credit_id, reserve.debit_id,
    reserve.points, reserve.id, 'void', %(at)s, 'draw.void', %(approval)s
FROM lottery_award award
JOIN points_transfer reserve ON reserve.award_id = award.id AND reserve.kind = 'reserve'
WHERE award.draw_id = %(draw)s
ORDER BY 1
ON CONFLICT (key, payload) DO NOTHING"""


@approvals.action(
    confirming.CONFIRM,
    permission=confirming.PERMISSION,
    lock=lock_draw_for_approval,
    content=confirming.content_to_confirm,
)
def confirm_and_reserve(approval: Approval) -> None:
    """Confirm a draw and reserve every award of it (called by the approval, in its transaction).

    Raises:
        NotDrawn, NotPublishedYet, DrawEnded: as for confirming.
    """
    draw = confirming.confirm_approved(approval)
    grant_budget(draw, approval)
    held = campaign_accounts(draw.campaign)
    accounts = {kind: held[kind].pk for kind in (Kind.BUDGET, Kind.RESERVED)}
    write(RESERVE, draw, approval, **accounts)


def grant_budget(draw: Draw, approval: Approval) -> None:
    """Have the budget of the draw's terms on the budget account.

    Once per campaign, unless a void opened the way for terms with another budget: then what was
    granted is reversed first.
    """
    accounts = open_accounts(draw.campaign, draw.terms)
    issuer, budget = accounts[Kind.ISSUER], draw.terms.budget_points
    if issuer.balance_points == issuer.least_points == -budget:
        return
    if issuer.balance_points:
        reverse_grant(issuer, approval)
    Account.objects.filter(pk=issuer.pk).update(least_points=-budget)
    Transfer.objects.create(
        key=keys.grant_key(draw.campaign.code, draw.terms.version),
        kind=Transfer.Kind.GRANT,
        debit=issuer,
        credit=accounts[Kind.BUDGET],
        points=budget,
        at=decided_at(approval),
        made_by="draw.confirm",
        approval=approval,
    )


def reverse_grant(issuer: Account, approval: Approval) -> None:
    """Take the last grant back."""
    grant = Transfer.objects.filter(kind=Transfer.Kind.GRANT, debit=issuer).latest("id")
    Transfer.objects.create(
        key=keys.transfer_key(keys.REVERSE, bytes(grant.key)),
        kind=Transfer.Kind.REVERSE,
        debit_id=grant.credit_id,
        credit_id=grant.debit_id,
        points=grant.points,
        reverses=grant,
        reason="revised",
        at=decided_at(approval),
        made_by="draw.confirm",
        approval=approval,
    )


def content_to_void(subject: str) -> dict[str, Any]:
    """Return what is given up, and why, to read and to hash.

    Raises:
        DrawEnded: it is void already.
        PayoutApproved: its payout is approved.
    """
    refuse_paid(find_subject(subject))
    return voiding.content_to_void(subject)


@approvals.action(
    voiding.VOID,
    permission=voiding.PERMISSION,
    lock=lock_draw_for_approval,
    content=content_to_void,
)
def void_and_unreserve(approval: Approval) -> None:
    """Void a draw and take its reserves back (called by the approval, in its transaction).

    Raises:
        DrawEnded, NotVoidable: as for voiding.
        PayoutApproved: its payout is approved.
    """
    refuse_paid(find_subject(approval.subject))
    draw = voiding.void_approved(approval)
    write(UNRESERVE, draw, approval)


def refuse_paid(draw: Draw) -> None:
    """Refuse to give up a draw whose payout is approved.

    Raises:
        PayoutApproved: it is.
    """
    if Payout.objects.filter(draw=draw).exists():
        raise PayoutApproved(_("The payout of this draw is approved; it cannot be void any more."))


def write(statement: str, draw: Draw, approval: Approval, **accounts: int) -> None:
    """Write the transfers of a draw's awards."""
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "draw": draw.pk,
                "approval": approval.pk,
                "at": decided_at(approval),
                **accounts,
            },
        )
