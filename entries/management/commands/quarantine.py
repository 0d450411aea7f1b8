"""``quarantine list``, ``replay``, ``dismiss``: the rows of feed files that were not applied."""

from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandParser

from bookings import quarantine
from bookings.models import QuarantinedRow
from core import arguments, audit, clock
from core.commands import Report, VerbCommand, one_transaction
from entries.dismissing import dismiss_as_staff
from entries.feeds import FEEDS


def declare_dismissal(parser: CommandParser) -> None:
    """Declare the row to dismiss and the reason."""
    parser.add_argument("row", metavar="ID", type=int, help="the row's number")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why it is not needed")
    arguments.by(parser)
    arguments.dry_run(parser)


class Command(VerbCommand):
    """List the rows in quarantine, replay them, dismiss one."""

    help = __doc__
    verbs = {
        "list": ("show_rows", arguments.by_who_looks),
        "replay": ("replay_rows", arguments.dry_run),
        "dismiss": ("dismiss_row", declare_dismissal),
    }

    def show_rows(self, *, by: str | None, **_: Any) -> Report:
        """List the open rows in quarantine; the audit records who read them."""
        actor = arguments.read_who_looks(by)
        rows = describe_rows(quarantine.open_rows().iterator())
        if rows:
            audit.record(
                actor=actor,
                action="member.listed",
                subject="bookings.quarantinedrow",
                at=clock.now(),
                detail={"rows": len(rows), "first": rows[0]["id"], "last": rows[-1]["id"]},
            )
        lines = [f"{row['id']} {row['file']} {row['record']} {row['reason']}" for row in rows]
        return Report({"rows": rows}, "\n".join(lines) or "Nothing waits in quarantine.")

    def replay_rows(self, *, dry_run: bool, **_: Any) -> Report:
        """Apply the rows that stored data does not reject any more."""
        with one_transaction(dry_run=dry_run):
            replayed = quarantine.replay_rows(feeds=FEEDS, at=clock.now())
            rows = QuarantinedRow.objects.filter(pk__in=replayed.tried)
            tried = describe_rows(rows.select_related("file").order_by("id"))
        left = len(tried) - replayed.settled
        data = {"rows": tried, "replayed": replayed.settled, "open": left}
        return Report(data, f"{replayed.settled} rows replayed, {left} still do not pass.")

    def dismiss_row(self, *, row: int, reason: str, by: str, dry_run: bool, **_: Any) -> Report:
        """Settle a row without applying it."""
        with one_transaction(dry_run=dry_run):
            actor = arguments.read_actor(by)
            dismissed = dismiss_as_staff(row=row, reason=reason, actor=actor, at=clock.now())
        done = "would be" if dry_run else "is"
        return Report({"rows": describe_rows([dismissed])}, f"Row {row} {done} dismissed.")


def describe_rows(rows: Iterable[QuarantinedRow]) -> list[dict[str, Any]]:
    """Return rows as JSON of the contract."""
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
