"""``draw freeze|publish|run|confirm|void|export|verify|…``: draw the winners of a campaign."""

from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bookings import quarantine
from campaign.queries import get_campaign
from core import clock
from core.approval_reports import report_request
from core.arguments import both, by, by_or_machine, code, dry_run, read_actor, read_actor_or_machine
from core.atomic_files import PRIVATE, PUBLIC, write_atomically
from core.commands import Report, VerbCommand, one_transaction
from core.models import Approval
from core.printable import printable_name
from entries.feeds import FEEDS
from lottery import (
    auditing,
    bundle,
    chains,
    confirming,
    forecasting,
    forgetting,
    freezing,
    keys,
    publishing,
    receipts,
    revealing,
    running,
    verifying,
    voiding,
)
from lottery.beacon import Round, round_json
from lottery.management import arguments
from lottery.models import Draw
from lottery.queries import draws_of, get_draw, latest_draw, standing_draw
from lottery.refusals import UnfitFolder


class Command(VerbCommand):
    """Draw the winners of a campaign, and prove it."""

    help = __doc__
    hints = {
        **VerbCommand.hints,
        "DrawStands": "See: draw status.",
        "NoDraw": "See: draw status.",
        "NotDrawn": "Use: draw run.",
        "NotPublishedYet": "To become void, use: draw run --to-void.",
        "NotVoidable": "Use: draw run, and never published: draw run --to-void.",
    }
    verbs = {
        "freeze": (
            "freeze",
            both(code, arguments.round_time, arguments.chain, by_or_machine, dry_run),
        ),
        "publish": ("publish", both(code, by, dry_run)),
        "run": ("run_draw", both(code, arguments.round_source, by_or_machine, dry_run)),
        "confirm": ("confirm", both(code, by, dry_run)),
        "void": ("void", both(code, arguments.reason, by, dry_run)),
        "export": (
            "export",
            both(code, arguments.sequence, arguments.output_folder, by_or_machine),
        ),
        "verify": ("verify", arguments.folder),
        "receipt": ("receipt", both(code, arguments.receipt, arguments.sequence, by)),
        "reveal": (
            "reveal",
            both(code, arguments.output_file, arguments.sequence, by, dry_run),
        ),
        "audit": ("audit", both(code, arguments.pid_key, arguments.sequence)),
        "forget": ("forget", both(code, arguments.sequence, by, dry_run)),
        "status": ("status", code),
        "forecast": ("forecast", code),
        "local_round": ("local_round", both(code, arguments.output_file)),
    }

    def freeze(
        self,
        *,
        code: str,
        round_time: str,
        chain: str | None,
        by: str | None,
        dry_run: bool,
        **_: Any,
    ) -> Report:
        """Freeze the entrants for the first round at or after an instant."""
        actor = read_actor_or_machine(by)
        self.print_progress("Waiting for loads and entries in flight, then freezing ...")
        campaign = get_campaign(code)
        before = standing_draw(campaign)
        with one_transaction(dry_run=dry_run):
            draw = freezing.freeze_draw(
                campaign=campaign,
                round_time=arguments.read_instant(round_time),
                chain=chain or chains.default_chain(),
                at=clock.now(),
                actor=actor,
            )
        if draw == before:
            return report_draw(draw, "was frozen before; nothing changed")
        words = f"{'would freeze' if dry_run else 'froze'} {draw.entry_count:,} entrants"
        return replace(report_draw(draw, words), warnings=quarantine.open_row_warnings(FEEDS))

    def publish(self, *, code: str, by: str, dry_run: bool, **_: Any) -> Report:
        """Request the publication of the frozen draw; another person approves."""
        draw = find(code)
        with one_transaction(dry_run=dry_run):
            approval = publishing.request_publication(
                draw=draw, actor=read_actor(by), at=clock.now()
            )
        return report_draw_request(draw, approval, nothing="is published already", dry_run=dry_run)

    def run_draw(
        self,
        *,
        code: str,
        round: Path | None,  # noqa: A002 - the option's name
        fetch: bool,
        to_void: bool,
        by: str | None,
        dry_run: bool,
        **_: Any,
    ) -> Report:
        """Draw the winners by the round that the manifest names."""
        actor = read_actor_or_machine(by)
        draw, at = find(code), clock.now()
        if draw.drawn_at:
            return report_draw(draw, "was run before; nothing changed")
        drawn_by = find_round(draw, round, fetch=fetch, at=at)
        with one_transaction(dry_run=dry_run):
            drawn = running.run_draw(draw=draw, round=drawn_by, at=at, actor=actor, to_void=to_void)
        words = "would draw" if dry_run else "drew"
        return report_draw(
            drawn, f"{words} {drawn.winner_count:,} winners of {drawn.total_points:,} points"
        )

    def confirm(self, *, code: str, by: str, dry_run: bool, **_: Any) -> Report:
        """Request the confirmation of the result; another person approves."""
        draw = find(code)
        with one_transaction(dry_run=dry_run):
            approval = confirming.request_confirmation(
                draw=draw, actor=read_actor(by), at=clock.now()
            )
        return report_draw_request(draw, approval, nothing="is confirmed already", dry_run=dry_run)

    def void(self, *, code: str, reason: str, by: str, dry_run: bool, **_: Any) -> Report:
        """Request that the draw become void, for a published reason; another person approves."""
        draw = find(code)
        with one_transaction(dry_run=dry_run):
            approval = voiding.request_void(
                draw=draw, reason=reason, actor=read_actor(by), at=clock.now()
            )
        return report_draw_request(draw, approval, nothing="is void already", dry_run=dry_run)

    def export(
        self, *, code: str, sequence: int | None, output: Path, by: str | None, **_: Any
    ) -> Report:
        """Write the bundle of a draw into a folder; before it is public, audit who did.

        A result that is not public is left out for who may not read it.
        """
        draw = find(code, sequence)
        files = bundle.bundle_files(draw)
        if by is not None or not bundle.is_public(draw):
            actor = read_actor_or_machine(by)
            files = bundle.files_for(actor.user, draw) if actor else files
            bundle.record_export(draw, actor=actor, at=clock.now(), files=files)
        names = bundle.write_bundle(draw, output, files)
        return report_draw(
            draw, f"wrote {', '.join(names)} to {printable_name(output)}", files=names
        )

    def verify(self, *, folder: Path, **options: Any) -> Report:
        """Check a bundle as an outsider does, with only the verifier."""
        ok = verifying.verify_bundle(
            folder,
            manifest_sha256=options["manifest_sha256"],
            signing_key=options["signing_key"],
            receipt=options["receipt"],
            before_draw=options["before_draw"],
            print_line=self.print_progress,
        )
        verdict = "the bundle holds" if ok else "the verifier refused the bundle"
        return Report(
            {"ok": ok, "folder": str(folder)}, f"{printable_name(folder)}: {verdict}.", ok=ok
        )

    def receipt(
        self,
        *,
        code: str,
        wester_id: str,
        by: str,
        sequence: int | None,
        output: Path | None,
        **_: Any,
    ) -> Report:
        """Issue a member's receipt; the audit records who requested it."""
        content = receipts.issue_receipt(
            draw=find(code, sequence), wester_id=wester_id, actor=read_actor(by), at=clock.now()
        )
        text = content.decode()
        if output:
            write(output, content, mode=PRIVATE)
            text = f"Wrote the receipt to {printable_name(output)}."
        return Report(receipts.read_receipt(content), text)

    def reveal(
        self, *, code: str, output: Path, by: str, sequence: int | None, dry_run: bool, **_: Any
    ) -> Report:
        """Request that an auditor is given the key; once approved, write it to a file."""
        draw, actor, at = find(code, sequence), read_actor(by), clock.now()
        with one_transaction(dry_run=dry_run):
            approval = revealing.request_reveal(draw=draw, actor=actor, at=at)
            if approval.state == Approval.State.APPROVED and not dry_run:
                revealing.write_key(draw=draw, approval=approval, output=output, actor=actor, at=at)
        if approval.state == Approval.State.APPROVED:
            words = f"{'would write' if dry_run else 'wrote'} the key to {printable_name(output)}"
            return report_draw(draw, words, approval=approval.pk, output=str(output))
        return report_draw_request(draw, approval, nothing="", dry_run=dry_run)

    def audit(self, *, code: str, pid_key: Path, sequence: int | None, **_: Any) -> Report:
        """Check with the key that each member has one pseudonym, and what their totals give."""
        draw, key = find(code, sequence), auditing.read_key(pid_key)
        self.print_progress(f"Checking {draw.entry_count:,} entrants ...")
        findings = [asdict(one) for one in auditing.audit_list(draw, pid_key=key)]
        lines = [f"{one['code']} {one['index']} {one['pid']}: {one['text']}" for one in findings]
        verdict = f"{len(findings):,} findings" if findings else "the list holds"
        data = {"ok": not findings, "findings": findings}
        return Report(data, "\n".join([*lines, f"{title_of(draw)}: {verdict}."]), ok=not findings)

    def forget(
        self, *, code: str, by: str, sequence: int | None, dry_run: bool, **_: Any
    ) -> Report:
        """Request the erasure of a draw's keys; another person approves."""
        draw = find(code, sequence)
        with one_transaction(dry_run=dry_run):
            approval = forgetting.request_forgetting(
                draw=draw, actor=read_actor(by), at=clock.now()
            )
        return report_draw_request(
            draw, approval, nothing="has its keys erased already", dry_run=dry_run
        )

    def status(self, *, code: str, **_: Any) -> Report:
        """Report the states of a campaign's draws, and the DRAW_KEY that each still needs."""
        rows = [
            {**describe(draw), "draw_key": find_draw_key(draw)}
            for draw in draws_of(get_campaign(code))
        ]
        lines = [
            f"{row['sequence']}: {row['state']}, {row['manifest_sha256']}, "
            f"needs DRAW_KEY: {row['draw_key']}"
            for row in rows
        ]
        last: dict[str, Any] = rows[-1] if rows else {"code": code, "state": None}
        return Report({**last, "draws": rows}, "\n".join(lines) or f"{code}: no draw yet.")

    def forecast(self, *, code: str, **_: Any) -> Report:
        """Report the expected result of a draw over today's totals."""
        found = forecasting.forecast_campaign(get_campaign(code))
        members, used = found.members, found.used_points
        data = {
            "code": code,
            "entry_count": found.entrants,
            "reward_points": found.reward_points,
            "budget_points": found.budget_points,
            "winners": [asdict(spread) for spread in found.winners],
            "members": asdict(members),
            "total_points": asdict(used),
            "chance_percent": dict(zip(asdict(members), found.chance_percent, strict=True)),
            "used_percent": dict(zip(asdict(used), found.used_percent, strict=True)),
        }
        prizes = ", ".join(
            f"prize {number}: {spread.p50:,} ({spread.p10:,} to {spread.p90:,})"
            for number, spread in enumerate(found.winners, 1)
        )
        return Report(
            data,
            f"{code}: of {found.entrants:,} entrants {members.p50:,} win "
            f"({members.p10:,} to {members.p90:,}), by {used.p50:,} of "
            f"{found.budget_points:,} points; {prizes}.",
        )

    def local_round(self, *, code: str, output: Path, **_: Any) -> Report:
        """Write the local chain's round of a draw, once its time has come."""
        draw = find(code)
        content = round_json(chains.sign_local_round(draw, at=clock.now()))
        write(output, content, mode=PUBLIC)
        return report_draw(
            draw, f"wrote round {draw.round} to {printable_name(output)}", output=str(output)
        )


def find(code: str, sequence: int | None = None) -> Draw:
    """Return a draw of a campaign: the one of this number, or the last one."""
    return get_draw(code, sequence) if sequence is not None else latest_draw(get_campaign(code))


def find_draw_key(draw: Draw) -> str:
    """Return which DRAW_KEY a draw needs: current, former, unknown or none."""
    name = keys.key_name("pid", draw.campaign.code, draw.sequence)
    return keys.find_encrypting_key(bytes(draw.pid_key) if draw.pid_key else None, name=name)


def find_round(draw: Draw, file: Path | None, *, fetch: bool, at: datetime) -> Round:
    """Return the round of a draw from a file, the relays or the local chain."""
    if file:
        return arguments.read_round_file(file)
    arguments.require_source(draw.chain, fetch=fetch)
    return chains.obtain_round(draw, at=at)


def write(path: Path, content: bytes, *, mode: int) -> None:
    """Write a small file.

    Raises:
        UnfitFolder: it cannot be written.
    """
    try:
        write_atomically(path, [content], mode=mode)
    except OSError as failure:
        raise UnfitFolder(f"{printable_name(path)}: {failure.strerror}.") from failure


def describe(draw: Draw) -> dict[str, Any]:
    """Return the fields of a draw in JSON; none of them names a member."""
    return {
        "code": draw.campaign.code,
        "state": str(draw.state),
        "sequence": draw.sequence,
        "entry_count": draw.entry_count,
        "lots_total": draw.lots_total,
        "eligible": draw.eligible,
        "manifest_sha256": bytes(draw.manifest_sha256).hex(),
        "chain": str(draw.chain),
        "round": draw.round,
        "round_time": draw.round_time,
        "publish_by": draw.publish_by,
        "frozen_at": draw.frozen_at,
        "published_at": draw.published_at,
        "drawn_at": draw.drawn_at,
        "confirmed_at": draw.confirmed_at,
        "voided_at": draw.voided_at,
        "void_reason": draw.void_reason,
        "winners": draw.winners,
        "total_points": draw.total_points,
        "leftover_points": draw.leftover_points,
    }


def title_of(draw: Draw) -> str:
    """Return what a report calls a draw."""
    return f"Draw {draw.campaign.code}/{draw.sequence}"


def report_draw(draw: Draw, words: str, **more: Any) -> Report:
    """Report what was done to a draw, and where it stands."""
    return Report({**describe(draw), **more}, f"{title_of(draw)}: {words}.")


def report_draw_request(
    draw: Draw, approval: Approval | None, *, nothing: str, dry_run: bool
) -> Report:
    """Report the approval that was requested of a draw, and where the draw stands."""
    return report_request(
        title_of(draw),
        approval,
        data=describe(draw),
        nothing=f"{title_of(draw)}: {nothing}.",
        dry_run=dry_run,
    )
