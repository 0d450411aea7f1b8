"""``points expire|reverse``: expire credits, and reverse a mistaken one."""

from contextlib import nullcontext
from typing import Any

from bookings import quarantine
from core import clock
from core.approval_reports import report_request
from core.arguments import both, by, by_or_machine, dry_run, read_actor, read_actor_or_machine
from core.commands import Report, VerbCommand, one_transaction
from points import correcting, expiring
from points.definitions import CREDIT_RESULTS
from points.management import arguments


class Command(VerbCommand):
    """Expire credits, and reverse a mistaken one."""

    help = __doc__
    hints = {**VerbCommand.hints, "BeingSettled": "Use: payout resolve, or payout close."}
    verbs = {
        "expire": ("expire", both(by_or_machine, dry_run)),
        "reverse": ("reverse", both(arguments.transfer, arguments.reason, by, dry_run)),
    }

    def expire(self, *, by: str | None, dry_run: bool, **_: Any) -> Report:
        """Expire every credit whose last day is over."""
        actor, at = read_actor_or_machine(by), clock.database_now()
        with one_transaction(dry_run=True) if dry_run else nullcontext():
            expiring.record_expiry_start(at=at, actor=actor)
            count, points = expiring.expire_credits(at=at)
        words = "would expire" if dry_run else "expired"
        data = {"expired": count, "expired_points": points}
        text = f"{count:,} credits {words}: {points:,} points."
        return Report(data, text, warnings=quarantine.open_row_warnings([CREDIT_RESULTS.name]))

    def reverse(self, *, transfer: str, reason: str, by: str, dry_run: bool, **_: Any) -> Report:
        """Request that a credit be reversed and its award forfeited; another person approves."""
        with one_transaction(dry_run=dry_run):
            found = correcting.find_transfer(transfer)
            approval = correcting.request_reversal(
                transfer=found, reason=reason, actor=read_actor(by), at=clock.now()
            )
        return report_request(
            f"Transfer {found.pk}",
            approval,
            data={"transfer": found.pk, "points": found.points},
            nothing=f"Transfer {found.pk} is reversed already.",
            dry_run=dry_run,
        )
