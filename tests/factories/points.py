"""Accounts of campaigns and members, payouts and what people approve of both."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from campaign.models import Campaign
from campaign.queries import working_terms
from core.models import Approval
from lottery.queries import subject_of
from points.models import Account, Payout, Transfer
from tests.factories.campaign import LATER, ApprovalFactory, CampaignFactory
from tests.factories.lottery import confirmed_draw

OF_A_CAMPAIGN = ("issuer", "budget", "reserved", "forfeited", "expired")


class AccountFactory(DjangoModelFactory[Account]):
    """An account of a campaign without points; with ``kind="issuer"`` it may give the budget."""

    class Meta:
        model = Account

    kind = "budget"
    campaign = factory.SubFactory(CampaignFactory, published=True)
    wester_id = None
    least_points = factory.LazyAttribute(
        lambda account: (
            -working_terms(account.campaign).budget_points if account.kind == "issuer" else 0
        )
    )


class MemberAccountFactory(DjangoModelFactory[Account]):
    """A member's account without points."""

    class Meta:
        model = Account

    kind = "member"
    wester_id = factory.Sequence(lambda n: f"W-{n:06}-of-points")


def accounts_of(campaign: Campaign) -> dict[str, Account]:
    """Return all accounts of a campaign, made if need be."""
    accounts = {one.kind: one for one in campaign.accounts.all()}
    return {
        kind: accounts.get(kind) or AccountFactory.create(kind=kind, campaign=campaign)
        for kind in OF_A_CAMPAIGN
    }


def approved(action: str, subject: str, content: Any = None) -> Approval:
    """Return the approval of an action that another person gave."""
    options = {} if content is None else {"content": content}
    approval: Approval = ApprovalFactory.create(
        approved=True, action=action, subject=subject, **options
    )
    return approval


class PayoutFactory(DjangoModelFactory[Payout]):
    """An approved payout of a draw that is confirmed."""

    class Meta:
        model = Payout

    draw = factory.LazyFunction(confirmed_draw)
    awards = factory.LazyAttribute(lambda payout: payout.draw.awards.count())
    award_points = factory.LazyAttribute(
        lambda payout: sum(award.points for award in payout.draw.awards.all())
    )
    list_sha256 = "0123456789abcdef" * 4
    ended_by_budget = False
    approved_at = LATER
    approval = factory.LazyAttribute(
        lambda payout: approved(
            "payout.prepare",
            subject_of(payout.draw),
            {name: getattr(payout, name) for name in ("awards", "award_points", "list_sha256")},
        )
    )


def reversal_approval(transfer: Transfer) -> Approval:
    """Return the approval by which a transfer of its kind is reversed."""
    code = transfer.from_account.campaign.code if transfer.from_account.campaign else ""
    action, subject = {
        "grant": ("draw.confirm", f"{code}/1"),
        "reserve": ("draw.void", transfer.award and subject_of(transfer.award.draw)),
    }.get(transfer.kind, ("points.reverse", str(transfer.pk)))
    return approved(action, subject or "")
