"""``approval list|approve|refuse``: decide what another person asked for."""

from typing import Any

from django.conf import settings

from bookings.commands import Report, VerbCommand, one_transaction
from campaign import approvals, clock
from campaign.management import arguments
from campaign.models import Approval
from campaign.refusals import CommandApprovalOff


class Command(VerbCommand):
    """Decide what another person asked for."""

    help = __doc__
    verbs = {
        "list": ("list_open", arguments.nothing),
        "approve": (
            "approve",
            arguments.both(arguments.approval, arguments.by, arguments.dry_run),
        ),
        "refuse": (
            "refuse",
            arguments.both(arguments.approval, arguments.by, arguments.dry_run),
        ),
    }

    def list_open(self, **_: Any) -> Report:
        """List what waits for a decision, and of each whether it can still be carried out."""
        waiting = Approval.objects.filter(state=Approval.State.OPEN).select_related("requested_by")
        rows = [
            {**describe(approval), "stale": approvals.why_stale(approval) or None}
            for approval in waiting.order_by("id")
        ]
        lines = [tell(row) for row in rows]
        return Report({"approvals": rows}, "\n".join(lines) or "Nothing waits for a decision.")

    def approve(self, *, approval: int, by: str, dry_run: bool, **_: Any) -> Report:
        """Allow what another person asked for, and carry it out."""
        return self.decide(approvals.approve, approval, by, dry_run=dry_run)

    def refuse(self, *, approval: int, by: str, dry_run: bool, **_: Any) -> Report:
        """Say no to what was asked for."""
        return self.decide(approvals.refuse, approval, by, dry_run=dry_run)

    def decide(self, decision: Any, approval: int, by: str, *, dry_run: bool) -> Report:
        """Decide in the name of a staff user, where commands may."""
        if not settings.ALLOW_COMMAND_APPROVAL:
            raise CommandApprovalOff(
                "Approvals are decided by a person signed in at /staff/, not by command"
                f"{'' if settings.PRODUCTION else ' (ALLOW_COMMAND_APPROVAL is not set)'}."
            )
        with one_transaction(dry_run=dry_run):
            decided = decision(approval_id=approval, actor=arguments.read_actor(by), at=clock.now())
            data = describe(decided)
        return Report(data, f"Approval {approval}: {'would be ' * dry_run}{decided.state}.")


def tell(row: dict[str, Any]) -> str:
    """Return a request in a line, and in another one why nobody can carry it out any more."""
    line = (
        f"{row['id']}: {row['action']} {row['subject']}, asked for by {row['requested_by']}, "
        f"content {row['content_sha256'][:12]}…"
    )
    return f"{line}\n   cannot be carried out: {row['stale']}" if row["stale"] else line


def describe(approval: Approval) -> dict[str, Any]:
    """Return a request as a program reads it."""
    return {
        "id": approval.pk,
        "action": approval.action,
        "subject": approval.subject,
        "state": approval.state,
        "requested_by": approval.requested_by.username,
        "requested_at": approval.requested_at,
        "content_sha256": approval.content_sha256,
    }
