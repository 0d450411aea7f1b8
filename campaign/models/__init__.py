"""Campaigns and their terms, approvals and their audit, people, the demo's clock."""

from campaign.models.approvals import Approval, AuditRecord
from campaign.models.campaigns import Campaign
from campaign.models.clocks import DemoClock
from campaign.models.terms import Terms
from campaign.models.users import User

__all__ = ["Approval", "AuditRecord", "Campaign", "DemoClock", "Terms", "User"]
