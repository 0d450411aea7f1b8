"""People who sign in, what a second person approves, the audit, and a demo's clock."""

from core.models.approvals import Approval
from core.models.audit import AuditRecord, AuditRemoval, AuditSeal
from core.models.clocks import DemoClock
from core.models.heartbeats import Heartbeat
from core.models.sign_in import SignInTries, StaffSession
from core.models.users import User

__all__ = [
    "Approval",
    "AuditRecord",
    "AuditRemoval",
    "AuditSeal",
    "DemoClock",
    "Heartbeat",
    "SignInTries",
    "StaffSession",
    "User",
]
