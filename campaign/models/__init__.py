"""Campaigns, their terms, and members' totals."""

from campaign.models.campaigns import Campaign
from campaign.models.terms import BudgetPolicy, Terms
from campaign.models.totals import (
    AggregationMode,
    AggregationRun,
    AggregationShard,
    DueMember,
    Total,
)

__all__ = [
    "AggregationMode",
    "AggregationRun",
    "AggregationShard",
    "BudgetPolicy",
    "Campaign",
    "DueMember",
    "Terms",
    "Total",
]
