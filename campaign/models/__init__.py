"""Campaigns, their terms with the prizes, and members' totals."""

from campaign.models.campaigns import Campaign
from campaign.models.prizes import Prize, RewardKind, Take
from campaign.models.terms import BudgetEdge, Terms
from campaign.models.totals import (
    AggregationMode,
    AggregationRun,
    AggregationShard,
    DueMember,
    ReasonCount,
    Total,
)
from campaign.models.unfinished import UnfinishedDraft

__all__ = [
    "AggregationMode",
    "AggregationRun",
    "AggregationShard",
    "BudgetEdge",
    "Campaign",
    "DueMember",
    "Prize",
    "ReasonCount",
    "RewardKind",
    "Take",
    "Terms",
    "Total",
    "UnfinishedDraft",
]
