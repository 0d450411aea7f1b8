"""Campaigns and their terms, members' totals, approvals and their audit, people."""

from campaign.models.approvals import Approval, AuditRecord
from campaign.models.campaigns import Campaign
from campaign.models.clocks import DemoClock
from campaign.models.terms import Terms
from campaign.models.totals import AggregationRun, AggregationShard, DueMember, Total
from campaign.models.users import User

__all__ = [
    "AggregationRun",
    "AggregationShard",
    "Approval",
    "AuditRecord",
    "Campaign",
    "DemoClock",
    "DueMember",
    "Terms",
    "Total",
    "User",
]
