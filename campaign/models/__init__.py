"""Campaigns, their terms, and members' totals."""

from campaign.models.campaigns import Campaign
from campaign.models.terms import Terms
from campaign.models.totals import AggregationRun, AggregationShard, DueMember, Total

__all__ = [
    "AggregationRun",
    "AggregationShard",
    "Campaign",
    "DueMember",
    "Terms",
    "Total",
]
