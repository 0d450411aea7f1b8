"""``member erase``: request that all that is stored of a person be erased."""

from typing import Any

from core import clock
from core.approval_reports import report_request
from core.arguments import both, by, dry_run, read_actor
from core.commands import Report, VerbCommand, one_transaction
from points import erasing
from points.management.arguments import reason, wester_id


class Command(VerbCommand):
    """Answer what a member may ask of the data that is stored of them."""

    help = __doc__
    verbs = {"erase": ("erase", both(wester_id, reason, by, dry_run))}

    def erase(self, *, wester_id: str, reason: str, by: str, dry_run: bool, **_: Any) -> Report:
        """Request the erasure of a member; another person approves. A dry run counts the rows."""
        with one_transaction(dry_run=dry_run):
            approval, counts = erasing.request_erasure(
                wester_id=wester_id, reason=reason, actor=read_actor(by), at=clock.now()
            )
        return report_request(
            f"Erasure {approval.subject}" if approval else "This member",
            approval,
            data={
                "case": erasing.case_of(approval.subject) if approval else None,
                "tables": counts,
            },
            nothing="This member is erased already.",
            dry_run=dry_run,
        )
