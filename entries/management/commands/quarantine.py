"""``quarantine list``, ``replay``, ``dismiss``: the rows of feed files that were not applied."""

from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandParser

from bookings import quarantine
from bookings.models import QuarantinedRow
from core import arguments, clock
from core.commands import Report, VerbCommand, one_transaction
from entries.feeds import FEEDS
from entries.quarantine import dismiss


def row_and_reason(parser: CommandParser) -> None:
    """Declare which row is dismissed, and why."""
    parser.add_argument("row", metavar="ID", type=int, help="the row's number")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why it is not needed")
    arguments.by(parser)
    arguments.dry_run(parser)


class Command(VerbCommand):
    """Look at the rows in quarantine, replay them, dismiss one."""

    help = __doc__
    verbs = {
        "list": ("show", arguments.nothing),
        "replay": ("replay", arguments.dry_run),
        "dismiss": ("dismiss", row_and_reason),
    }

    def show(self, **_: Any) -> Report:
        """List the rows that wait in quarantine."""
        rows = listed(quarantine.open_rows().iterator())
        lines = [f"{row['id']} {row['file']} {row['record']} {row['reason']}" for row in rows]
        return Report({"rows": rows}, "\n".join(lines) or "Nothing waits in quarantine.")

    def replay(self, *, dry_run: bool, **_: Any) -> Report:
        """Apply the rows that our data let pass by now."""
        with one_transaction(dry_run=dry_run):
            replayed = quarantine.replay(feeds=FEEDS, at=clock.now())
            rows = QuarantinedRow.objects.filter(pk__in=replayed.tried)
            tried = listed(rows.select_related("file").order_by("id"))
        left = len(tried) - replayed.settled
        data = {"rows": tried, "replayed": replayed.settled, "open": left}
        return Report(data, f"{replayed.settled} rows replayed, {left} still do not pass.")

    def dismiss(self, *, row: int, reason: str, by: str, dry_run: bool, **_: Any) -> Report:
        """Settle a row without applying it."""
        with one_transaction(dry_run=dry_run):
            actor = arguments.read_actor(by)
            dismissed = dismiss(row=row, reason=reason, actor=actor, at=clock.now())
        done = "would be" if dry_run else "is"
        return Report({"rows": listed([dismissed])}, f"Row {row} {done} dismissed.")


def listed(rows: Iterable[QuarantinedRow]) -> list[dict[str, Any]]:
    """Return rows as the contract's JSON has them."""
    return [
        {
            "id": row.pk,
            "file": row.file.name,
            "record": row.record,
            "reason": row.reason,
            "text": quarantine.delivered_text(bytes(row.content)),
            "status": row.status,
        }
        for row in rows
    ]
