"""The accounts of campaigns and of members, opened when they are first needed."""

from typing import Any

from django.db import connection
from psycopg import sql

from campaign.models import Campaign, Terms
from core.sql_files import compose_sql
from points.models import Account

# In the order in which transfers meet them, so that whoever writes several statements, as the
# confirmation does, holds them in the order of their numbers.
OF_A_CAMPAIGN = (
    Account.Kind.ISSUER,
    Account.Kind.BUDGET,
    Account.Kind.RESERVED,
    Account.Kind.FORFEITED,
    Account.Kind.EXPIRED,
)


def open_accounts(campaign: Campaign, terms: Terms) -> dict[str, Account]:
    """Return a campaign's accounts, opened now if it had none; the caller holds the campaign."""
    held = campaign_accounts(campaign)
    for kind in OF_A_CAMPAIGN:
        if kind not in held:
            least = -terms.budget_points if kind == Account.Kind.ISSUER else 0
            held[kind] = Account.objects.create(
                kind=kind, campaign=campaign, balance_points=0, least_points=least
            )
    return held


def campaign_accounts(campaign: Campaign) -> dict[str, Account]:
    """Return a campaign's accounts by their kinds; none before its first confirmation."""
    return {account.kind: account for account in campaign.accounts.order_by("id")}


def open_member_accounts(members: sql.Composable, **values: Any) -> None:
    """Open an account for each member without one.

    Args: ``members``: a query of ``wester_id``; ``values``: what its placeholders stand for.
    """
    with connection.cursor() as cursor:
        cursor.execute(compose_sql("points", "open_member_accounts", members=members), values)
