"""``member disclose|erase``: answer a person who asks what is kept of them, or to be forgotten."""

from pathlib import Path
from typing import Any

from core import clock
from core.approval_reports import report_request
from core.arguments import both, by, dry_run, read_actor
from core.commands import Report, VerbCommand, one_transaction
from core.printable import printable_name
from points import disclosing, erasing
from points.management import arguments


class Command(VerbCommand):
    """Answer a person who asks what is kept of them, or to be forgotten."""

    help = __doc__
    verbs = {
        "disclose": (
            "disclose",
            both(arguments.wester_id, arguments.disclosure_folder, by, dry_run),
        ),
        "erase": ("erase", both(arguments.wester_id, arguments.reason, by, dry_run)),
    }

    def disclose(self, *, wester_id: str, output: Path, by: str, dry_run: bool, **_: Any) -> Report:
        """Write all that is kept of a person into a new folder, to hand over."""
        tables = disclosing.disclose_member(
            wester_id=wester_id,
            folder=output,
            actor=read_actor(by),
            at=clock.now(),
            dry_run=dry_run,
        )
        if not tables:
            return Report({"tables": {}}, "Nothing is kept of this WESTER ID, typed exactly so.")
        lines = [f"{table:28}{rows:>10,}" for table, rows in tables.items()]
        words = "Would write" if dry_run else "Wrote"
        where = f"{words} {sum(tables.values()):,} rows to {printable_name(output)}."
        return Report({"tables": tables}, "\n".join([*lines, where]))

    def erase(self, *, wester_id: str, reason: str, by: str, dry_run: bool, **_: Any) -> Report:
        """Request the erasure of a member; another person approves. A dry run counts the rows."""
        with one_transaction(dry_run=dry_run):
            approval, counts = erasing.request_erasure(
                wester_id=wester_id, reason=reason, actor=read_actor(by), at=clock.now()
            )
        case = erasing.case_of(approval.subject) if approval else None
        return report_request(
            f"Case {case}" if case else "This member",
            approval,
            data={"case": case, "tables": counts},
            nothing="This member is erased already.",
            dry_run=dry_run,
        )
