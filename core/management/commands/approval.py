"""``approval actions|list|approve|refuse``: decide what another person requested."""

import inspect
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from core import approvals, arguments, clock, roles
from core.approval_reports import describe_shell
from core.approvals import Action, CommandApprovalOff
from core.commands import Report, VerbCommand, one_transaction
from core.models import Approval


def declare_reason(parser: CommandParser) -> None:
    """Declare why a request is refused; it may be left out."""
    parser.add_argument(
        "--reason", default="", metavar="TEXT", help="why, for the person who asked"
    )


class Command(VerbCommand):
    """Decide what another person requested."""

    help = __doc__
    verbs = {
        "actions": ("list_actions", arguments.nothing),
        "list": ("list_open", arguments.nothing),
        "approve": (
            "approve",
            arguments.both(arguments.approval, arguments.by, arguments.dry_run),
        ),
        "refuse": (
            "refuse",
            arguments.both(arguments.approval, arguments.by, declare_reason, arguments.dry_run),
        ),
    }

    def list_actions(self, **_: Any) -> Report:
        """List what can be approved: who may request it, what is hashed, what is carried out."""
        declared = approvals.declared_actions()
        rows = [describe_action(name, declared[name]) for name in sorted(declared)]
        return Report({"actions": rows}, "\n".join(format_action(row) for row in rows))

    def list_open(self, **_: Any) -> Report:
        """List what waits for a decision, and of each whether it can still be carried out."""
        waiting = Approval.objects.filter(state=Approval.State.OPEN)
        rows = [
            {
                **describe_approval(approval),
                "stale": approvals.why_stale(approval) or None,
                "warning": describe_shell(approval) or None,
            }
            for approval in waiting.order_by("id")
        ]
        lines = [format_approval(row) for row in rows]
        return Report({"approvals": rows}, "\n".join(lines) or "Nothing waits for a decision.")

    def approve(self, *, approval: int, by: str, dry_run: bool, **_: Any) -> Report:
        """Approve what another person requested, and carry it out."""
        return self.decide(approvals.approve, approval, by, dry_run=dry_run)

    def refuse(self, *, approval: int, by: str, reason: str, dry_run: bool, **_: Any) -> Report:
        """Refuse a request."""
        refuse = partial(approvals.refuse, reason=reason)
        return self.decide(refuse, approval, by, dry_run=dry_run)

    def decide(self, decision: Any, approval: int, by: str, *, dry_run: bool) -> Report:
        """Decide in the name of a staff user, where commands may."""
        if not settings.ALLOW_COMMAND_APPROVAL:
            raise CommandApprovalOff(
                "Approvals are decided by a person signed in at /staff/, not by command"
                f"{'' if settings.PRODUCTION else ' (ALLOW_COMMAND_APPROVAL is not set)'}."
            )
        with one_transaction(dry_run=dry_run):
            decided = decision(approval_id=approval, actor=arguments.read_actor(by), at=clock.now())
            data = describe_approval(decided)
        return Report(data, f"Approval {approval}: {'would be ' * dry_run}{decided.state}.")


def describe_action(name: str, action: Action) -> dict[str, Any]:
    """Return an action as a program reads it."""
    return {
        "action": name,
        "permission": action.permission,
        "roles": [role for role in roles.ROLES if action.permission in roles.registered(role)],
        "locks": first_line(action.lock),
        "content": first_line(action.content),
        "carries_out": first_line(action.carry_out),
        "function": f"{action.carry_out.__module__}.{action.carry_out.__qualname__}",
        "where": find_source(action.carry_out),
    }


def first_line(function: Callable[..., object]) -> str:
    """Return the first line of a function's docstring."""
    return (inspect.getdoc(function) or "").partition("\n")[0]


def find_source(function: Callable[..., object]) -> str:
    """Return where a function begins, as ``file:line`` from the project's folder."""
    file = Path(inspect.getsourcefile(function) or "").relative_to(settings.BASE_DIR)
    return f"{file}:{inspect.getsourcelines(function)[1]}"


def format_action(row: dict[str, Any]) -> str:
    """Return an action as a person reads it."""
    return (
        f"{row['action']}\n"
        f"   requested by: {', '.join(row['roles']) or 'no role'} ({row['permission']})\n"
        f"   locked:       {row['locks']}\n"
        f"   hashed:       {row['content']}\n"
        f"   carried out:  {row['carries_out']}\n"
        f"   where:        {row['function']}, {row['where']}"
    )


def format_approval(row: dict[str, Any]) -> str:
    """Return a request in a line, then why it cannot be carried out, and whom to ask first."""
    line = (
        f"{row['id']}: {row['action']} {row['subject']}, asked for by {row['requested_by']}, "
        f"content {row['content_sha256'][:12]}…"
    )
    notes = (("cannot be carried out", row["stale"]), ("from a shell", row["warning"]))
    return "\n".join([line, *(f"   {what}: {why}" for what, why in notes if why)])


def describe_approval(approval: Approval) -> dict[str, Any]:
    """Return a request as a program reads it."""
    return {
        "id": approval.pk,
        "action": approval.action,
        "subject": approval.subject,
        "state": approval.state,
        "requested_by": approval.requested_by_name,
        "requested_at": approval.requested_at,
        "requested_os_user": approval.requested_os_user,
        "requested_host": approval.requested_host,
        "content_sha256": approval.content_sha256,
    }
