"""``points expire|reverse``: have credits lapse, and take a mistaken one back."""

from typing import Any

from bookings.commands import Report, VerbCommand, one_transaction
from campaign import clock
from campaign.management.arguments import both, by, dry_run, read_actor
from points import correcting, expiring
from points.management import arguments


class Command(VerbCommand):
    """Have credits lapse, and take a mistaken one back."""

    help = __doc__
    verbs = {
        "expire": ("expire", dry_run),
        "reverse": ("reverse", both(arguments.transfer, arguments.reason, by, dry_run)),
    }

    def expire(self, *, dry_run: bool, **_: Any) -> Report:
        """Have every credit lapse whose last day is over."""
        if dry_run:
            with one_transaction(dry_run=True):
                lapsed, points = expiring.expire_credits(at=clock.database_now())
        else:
            lapsed, points = expiring.expire_credits(at=clock.database_now())
        words = "would expire" if dry_run else "expired"
        data = {"expired": lapsed, "expired_points": points}
        return Report(data, f"{lapsed:,} credits {words}: {points:,} points.")

    def reverse(self, *, transfer: str, reason: str, by: str, dry_run: bool, **_: Any) -> Report:
        """Ask for a credit to be taken back and its award forfeited; another person approves."""
        with one_transaction(dry_run=dry_run):
            found = correcting.find_transfer(transfer)
            approval = correcting.request_reversal(
                transfer=found, reason=reason, actor=read_actor(by), at=clock.now()
            )
        data: dict[str, Any] = {"transfer": found.pk, "points": found.points, "approval": None}
        if approval is None:
            return Report(data, f"Transfer {found.pk} is reversed already.")
        if dry_run:
            return Report(data, f"Transfer {found.pk}: would ask for approval.")
        return Report(
            {**data, "approval": approval.pk, "content_sha256": approval.content_sha256},
            f"Transfer {found.pk}: asked for approval {approval.pk}; another person says: "
            f"approval approve {approval.pk} --by NAME",
        )
