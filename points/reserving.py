"""Reserve the awards of a confirmed draw; reverse the reserves of a void one.

Both happen in the transaction that confirms or voids; ``lottery`` knows nothing of points.
Source: docs/specs/points.md 1, 2.
"""

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core import approvals
from core.models import Approval
from core.sql_files import read_sql
from lottery import confirming, voiding
from lottery.models import Draw
from lottery.queries import find_subject, lock_draw_for_approval
from points import keys
from points.accounts import get_campaign_accounts, open_campaign_accounts
from points.models import Account, Payout, Transfer
from points.queries import decided_at
from points.refusals import PayoutApproved

Kind = Account.Kind


@approvals.action(
    confirming.CONFIRM,
    name=pgettext_lazy("approval", "Confirmation of the result"),
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
    accounts = get_campaign_accounts(draw.campaign)
    numbers = {kind: accounts[kind].pk for kind in (Kind.BUDGET, Kind.RESERVED)}
    write_transfers("reserve_awards", draw, approval, **numbers)


def grant_budget(draw: Draw, approval: Approval) -> None:
    """Grant the budget of the draw's terms to the budget account, once per campaign.

    After a void there may be terms with another budget: then the former grant is reversed first.
    """
    accounts = open_campaign_accounts(draw.campaign, draw.terms)
    issuer, budget = accounts[Kind.ISSUER], draw.terms.budget_points
    if issuer.balance_points == issuer.least_points == -budget:
        return
    if issuer.balance_points:
        reverse_grant(issuer, approval)
    Account.objects.filter(pk=issuer.pk).update(least_points=-budget)
    Transfer.objects.create(
        key=keys.grant_key(draw.campaign.code, draw.terms.version),
        kind=Transfer.Kind.GRANT,
        from_account=issuer,
        to_account=accounts[Kind.BUDGET],
        points=budget,
        at=decided_at(approval),
        made_by="draw.confirm",
        approval=approval,
    )


def reverse_grant(issuer: Account, approval: Approval) -> None:
    """Reverse the last grant."""
    grant = Transfer.objects.filter(kind=Transfer.Kind.GRANT, from_account=issuer).latest("id")
    Transfer.objects.create(
        key=keys.transfer_key(keys.REVERSE, bytes(grant.key)),
        kind=Transfer.Kind.REVERSE,
        from_account_id=grant.to_account_id,
        to_account_id=grant.from_account_id,
        points=grant.points,
        reverses=grant,
        reason="revised",
        at=decided_at(approval),
        made_by="draw.confirm",
        approval=approval,
    )


def content_to_void(subject: str) -> dict[str, Any]:
    """Return what becomes void, and why, to be shown and hashed.

    Raises:
        DrawEnded: it is void already.
        PayoutApproved: its payout is approved.
    """
    refuse_approved_payout(find_subject(subject))
    return voiding.content_to_void(subject)


@approvals.action(
    voiding.VOID,
    name=pgettext_lazy("approval", "Voiding of the draw"),
    permission=voiding.PERMISSION,
    lock=lock_draw_for_approval,
    content=content_to_void,
)
def void_and_unreserve(approval: Approval) -> None:
    """Void a draw and reverse its reserves (called by the approval, in its transaction).

    Raises:
        DrawEnded, NotVoidable: as for voiding.
        PayoutApproved: its payout is approved.
    """
    refuse_approved_payout(find_subject(approval.subject))
    draw = voiding.void_approved(approval)
    write_transfers("reverse_reserves", draw, approval)


def refuse_approved_payout(draw: Draw) -> None:
    """Refuse to void a draw whose payout is approved.

    Raises:
        PayoutApproved: it is.
    """
    if Payout.objects.filter(draw=draw).exists():
        raise PayoutApproved(_("The payout of this draw is approved; it cannot be void any more."))


def write_transfers(statement: str, draw: Draw, approval: Approval, **accounts: int) -> None:
    """Write the transfers of a draw's awards by a statement of points/sql."""
    with connection.cursor() as cursor:
        cursor.execute(
            read_sql("points", statement),
            {
                "draw": draw.pk,
                "approval": approval.pk,
                "at": decided_at(approval),
                **accounts,
            },
        )
