"""The draw as ops carry it out, and its verification by an outsider."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from dev.demo import days
from dev.demo.commands import request_and_approve, run_command
from dev.demo.job import Job
from dev.demo.preparing import APPROVER, AUDITOR, OPERATOR
from dev.demo.refusals import DrawNotProved
from lottery.models import Award, Draw
from lottery.queries import latest_draw


def freeze_and_publish(job: Job) -> None:
    """Freeze the list of entrants, publish it, and verify it before the round."""
    job.advance(job.schedule.frozen_at)
    if run_command("draw", "status", job.code)["state"] is None:
        round_time = job.schedule.round_time.isoformat()
        run_command("draw", "freeze", job.code, "--round-time", round_time, "--by", OPERATOR)
    request_and_approve("draw", "publish", job.code, by=OPERATOR, approver=APPROVER)
    draw = latest_draw(job.campaign)
    job.report(f"  {draw.entry_count:,} entrants are frozen and published under the manifest hash")
    job.report(f"    {bytes(draw.manifest_sha256).hex()}")
    if draw.state == Draw.State.PUBLISHED:
        job.report(f"  {verify(job, draw)[-1]}")


def wait_for_round(job: Job) -> None:
    """Play the week until the round that the manifest names appears."""
    days.play_nights(job, until=job.schedule.round_time)
    job.advance(job.schedule.round_time)


def run_and_verify(job: Job) -> None:
    """Draw by the round, and verify the draw from the published files only."""
    drawn = run_command("draw", "run", job.code, "--by", OPERATOR)
    full = ", ".join(f"{count:,}" for count in drawn["winners"])
    job.report(
        f"  {full} winners (by prize) get {drawn['total_points']:,} points; "
        f"{drawn['leftover_points']:,} are left over"
    )
    for line in verify(job, latest_draw(job.campaign)):
        job.report(f"  verify_draw.py: {line}")


def confirm(job: Job) -> None:
    """Confirm the result by two people; from now on it is public."""
    days.play_nights(job, until=job.schedule.confirmed_at)
    job.advance(job.schedule.confirmed_at)
    request_and_approve("draw", "confirm", job.code, by=OPERATOR, approver=APPROVER)
    for line in verify(job, latest_draw(job.campaign))[-2:]:
        job.report(f"  {line}")


def verify(job: Job, draw: Draw) -> list[str]:
    """Export the bundle and check it with the verifier that is in it; return what that prints.

    Raises:
        DrawNotProved: it does not accept the bundle.
    """
    folder = bundle_folder(job.folder)
    run_command("draw", "export", job.code, "--output", str(folder), "--by", OPERATOR)
    finished = subprocess.run(
        [*verifier_command(folder), *pinned_values(draw), *further_checks(job, draw)],
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    lines = finished.stdout.splitlines()
    if finished.returncode != 0:
        raise DrawNotProved("\n".join([*lines, finished.stderr.strip()]))
    return lines


def verifier_command(folder: Path) -> list[str]:
    """Return the command that runs the published verifier on the published files."""
    return [sys.executable, str(folder / "verify_draw.py"), str(folder)]


def pinned_values(draw: Draw) -> Iterator[str]:
    """Yield what an outsider has from another place than the files: hash and public key."""
    yield from ("--manifest-sha256", bytes(draw.manifest_sha256).hex())
    yield from ("--signing-key", json.loads(bytes(draw.manifest))["signing_key"])


def further_checks(job: Job, draw: Draw) -> Iterator[str]:
    """Yield what else to check: a winner's receipt, or that nothing is drawn yet."""
    if draw.drawn_at is None:
        yield "--before-draw"
        return
    if draw.confirmed_at is None:
        return
    first = Award.objects.filter(draw=draw).order_by("rank").select_related("entrant").first()
    if first is not None:
        file = job.folder / "receipt.json"
        member = first.entrant.wester_id
        run_command("draw", "receipt", job.code, member, "--by", AUDITOR, "--output", str(file))
        yield from ("--receipt", str(file))


def bundle_folder(folder: Path) -> Path:
    """Return the folder of a campaign's bundle."""
    return folder / "bundle"
