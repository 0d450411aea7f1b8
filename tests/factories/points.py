"""Accounts of campaigns and members."""

import factory
from factory.django import DjangoModelFactory

from campaign.models import Campaign
from campaign.queries import working_terms
from points.models import Account
from tests.factories.campaign import CampaignFactory

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
    wester_id = factory.Sequence(lambda n: f"W-{n}-of-points")


def accounts_of(campaign: Campaign) -> dict[str, Account]:
    """Return all accounts of a campaign, made if need be."""
    held = {one.kind: one for one in campaign.accounts.all()}
    return {
        kind: held.get(kind) or AccountFactory.create(kind=kind, campaign=campaign)
        for kind in OF_A_CAMPAIGN
    }
