"""Open the accounts of campaigns and of members when they are first needed."""

from typing import Any

from django.db import connection
from psycopg import sql

from campaign.models import Campaign, Terms
from core.sql_files import compose_sql
from points.models import Account
from points.models.accounts import CAMPAIGN_KINDS


def open_campaign_accounts(campaign: Campaign, terms: Terms) -> dict[str, Account]:
    """Return a campaign's accounts, opened now if it has none.

    The caller has locked the campaign. Accounts are opened in the order in which transfers reach
    them, so that a transaction of several statements, as the confirmation is, locks them in the
    order of their numbers.
    """
    accounts = get_campaign_accounts(campaign)
    for kind in map(Account.Kind, CAMPAIGN_KINDS):
        if kind not in accounts:
            least = -terms.budget_points if kind == Account.Kind.ISSUER else 0
            accounts[kind] = Account.objects.create(
                kind=kind, campaign=campaign, balance_points=0, least_points=least
            )
    return accounts


def get_campaign_accounts(campaign: Campaign) -> dict[str, Account]:
    """Return a campaign's accounts by their kinds; none before its first confirmation."""
    return {account.kind: account for account in campaign.accounts.order_by("id")}


def open_member_accounts(members: sql.Composable, **values: Any) -> None:
    """Open an account for each member without one.

    Args: ``members``: a query of ``wester_id``; ``values``: what its placeholders stand for.
    """
    with connection.cursor() as cursor:
        cursor.execute(compose_sql("points", "open_member_accounts", members=members), values)
