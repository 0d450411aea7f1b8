"""``payout prepare|run|export|settle|resolve|close|status``: credit what a draw owes."""

import sys
import time
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bookings import quarantine
from bookings.models import FeedFile
from campaign.queries import get_campaign
from core import clock
from core.approval_reports import report_request
from core.arguments import both, by, by_or_machine, code, dry_run, read_actor, read_actor_or_machine
from core.commands import Report, VerbCommand, one_transaction
from core.models import Approval
from core.printable import printable_name
from core.progress import Progress
from entries.feeds import FEEDS
from points import closing, correcting, exporting, payout, preparing, settling
from points.management import arguments
from points.models import Payout
from points.queries import describe_payout, get_payout
from points.settling import SettledFile

POLL_S = 0.2


class Command(VerbCommand):
    """Credit what a draw owes, and settle it with the points system."""

    help = __doc__
    hints = {
        **VerbCommand.hints,
        "AnswersWait": "See: quarantine list.",
        "KeysOpen": "See: payout status.",
        "NotApproved": "Use: payout prepare.",
        "NotExported": "Use: payout export.",
        "NotPaid": "Use: payout run.",
    }
    verbs = {
        "prepare": ("prepare", both(code, by, dry_run)),
        "run": ("run_payout", both(code, by_or_machine, dry_run)),
        "export": ("export", both(code, arguments.output_folder, by_or_machine, dry_run)),
        "settle": ("settle", both(code, arguments.results_file, by_or_machine, dry_run)),
        "resolve": (
            "resolve",
            both(code, arguments.key, arguments.verdict, arguments.reason, by, dry_run),
        ),
        "close": ("close", both(code, by_or_machine, dry_run)),
        "status": ("status", code),
    }

    def prepare(self, *, code: str, by: str, dry_run: bool, **_: Any) -> Report:
        """Request the payout; another person approves its upper bound."""
        with one_transaction(dry_run=dry_run):
            approval = preparing.request_payout(
                campaign=get_campaign(code), actor=read_actor(by), at=clock.now()
            )
            nothing = "the payout is approved already"
            report = report_payout_request(code, approval, nothing=nothing, dry_run=dry_run)
            return warn_of_quarantine(report)

    def run_payout(self, *, code: str, by: str | None, dry_run: bool, **_: Any) -> Report:
        """Credit every award, beside any workers that share the work."""
        actor = read_actor_or_machine(by)
        one = get_payout(code)
        at = clock.database_now()
        payout.refuse_before_credit_at(one, at=at)
        with one_transaction(dry_run=True) if dry_run else nullcontext():
            payout.record_run_start(one, at=at, actor=actor)
            self.complete(one)
            return warn_of_quarantine(report_payout(code, "would be paid" if dry_run else "paid"))

    def complete(self, one: Payout) -> None:
        """Pay until the payout has ended."""
        while True:
            payout.pay_remaining_parts(
                one, now=clock.database_now, watch=lambda: self.log_progress(one)
            )
            if payout.end_payout(one, at=clock.database_now()):
                return
            time.sleep(POLL_S)

    def log_progress(self, one: Payout) -> None:
        """Print to stderr how many parts are done."""
        done = one.parts.filter(done_at__isnull=False).count()
        sys.stderr.write(f"payout: {done} of {one.parts.count()} parts done\n")

    def export(self, *, code: str, output: Path, by: str | None, dry_run: bool, **_: Any) -> Report:
        """Write the file of credits for the points system."""
        actor, at = read_actor_or_machine(by), clock.now()
        one = get_payout(code)
        if dry_run:
            with one_transaction(dry_run=True):
                file, path = exporting.get_or_create_file(one, at=at, actor=actor), None
                exporting.refuse_other_content(output, exporting.build_files(one, file))
        else:
            written = exporting.export_credits(payout=one, folder=output, at=at, actor=actor)
            file, path = written.file, str(written.path)
        words = "would write" if dry_run else "wrote"
        return report_payout(
            code,
            f"{words} {file}: {file.rows:,} credits, {file.total_points:,} points",
            file=path,
            name=str(file),
            business_date=file.business_date,
            rows=file.rows,
            total_points=file.total_points,
            sha256=file.sha256,
        )

    def settle(self, *, code: str, file: Path, by: str | None, dry_run: bool, **_: Any) -> Report:
        """Load what the points system answered; what it rejected is reversed and forfeited."""
        actor = read_actor_or_machine(by)
        one = get_payout(code)
        progress = Progress(sys.stderr, printable_name(file.name))
        with one_transaction(dry_run=True) if dry_run else nullcontext():
            outcome = settling.settle(
                payout=one, path=file, at=clock.now(), watch=progress, actor=actor
            )
            report = report_payout(
                code, describe(outcome), ok=not is_refused(outcome), file=asdict(outcome)
            )
            unknown = describe_unknown(outcome)
            data = {**report.data, "warnings": [*report.data["warnings"], *unknown]}
            report = replace(report, data=data, warnings=data["warnings"])
        progress.end(describe(outcome))
        return report

    def resolve(
        self, *, code: str, key: str, verdict: str, reason: str, by: str, dry_run: bool, **_: Any
    ) -> Report:
        """Request that a key on which both sides differ count as credited or rejected."""
        with one_transaction(dry_run=dry_run):
            approval = correcting.request_resolution(
                payout=get_payout(code),
                key=arguments.read_key(key),
                verdict=verdict,
                reason=reason,
                actor=read_actor(by),
                at=clock.now(),
            )
            return report_payout_request(code, approval, nothing="nothing is open", dry_run=dry_run)

    def close(self, *, code: str, by: str | None, dry_run: bool, **_: Any) -> Report:
        """Close the payout: every key and every sum agrees."""
        actor = read_actor_or_machine(by)
        with one_transaction(dry_run=dry_run):
            was_open = closing.close_payout(payout=get_payout(code), at=clock.now(), actor=actor)
            words = "would be closed" if dry_run else "closed"
            return report_payout(code, words if was_open else "is closed already")

    def status(self, *, code: str, **_: Any) -> Report:
        """Show the state of the payout."""
        data = status_of(code)
        sentences = [f"Payout {code}: {data['state']}, {data['open']:,} open.", *data["warnings"]]
        counts = [f"{name:18}{value:>14,}" for name, value in data.items() if type(value) is int]
        return Report(data, "\n".join([*sentences, *counts]))


def is_refused(outcome: SettledFile) -> bool:
    """Return whether a file was refused."""
    return outcome.status == FeedFile.Status.REFUSED


def describe(outcome: SettledFile) -> str:
    """Describe in one line what became of a file."""
    if is_refused(outcome):
        return f"{outcome.name}: refused, {outcome.reason}. {outcome.detail}"
    if outcome.status != FeedFile.Status.LOADED:
        return f"{outcome.name}: already loaded"
    others = "".join(f", {rows:,} of {code}" for code, rows in outcome.others.items())
    unknown = f", {outcome.unknown:,} of no campaign" if outcome.unknown else ""
    return (
        f"{outcome.name}: {outcome.rows:,} rows, {outcome.applied:,} applied, "
        f"{outcome.duplicates:,} duplicates, {outcome.quarantined:,} quarantined{others}{unknown}"
    )


def describe_unknown(outcome: SettledFile) -> list[str]:
    """Return a warning of keys that belong to no campaign; none where there are no such keys."""
    sentence = (
        f"{outcome.name}: rows whose key belongs to no campaign, open here as unknown_here: "
        f"{outcome.unknown:,}. A later file ends them, or: payout resolve."
    )
    return [sentence] if outcome.unknown else []


def report_payout(code: str, words: str, *, ok: bool = True, **more: Any) -> Report:
    """Report what was done, and where the payout stands."""
    return Report({**status_of(code), **more}, f"Payout {code}: {words}.", ok=ok)


def report_payout_request(
    code: str, approval: Approval | None, *, nothing: str, dry_run: bool
) -> Report:
    """Report the approval that was requested of a payout, and where the payout stands."""
    return report_request(
        f"Payout {code}",
        approval,
        data=status_of(code),
        nothing=f"Payout {code}: {nothing}.",
        dry_run=dry_run,
    )


def status_of(code: str) -> dict[str, Any]:
    """Return where the payout of a campaign stands."""
    return describe_payout(get_campaign(code), now=clock.now())


def warn_of_quarantine(report: Report) -> Report:
    """Warn of rows in quarantine that the recheck does not know."""
    waiting = quarantine.open_row_warnings(FEEDS)
    data = {**report.data, "warnings": [*report.data["warnings"], *waiting]}
    return replace(report, data=data, warnings=waiting)
