"""The draw as ops carry it out, and its proof as an outsider checks it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lottery.models import Award, Draw
from lottery.queries import latest_draw
from portal.demo import days
from portal.demo.job import Job
from portal.demo.orders import have_approved, order
from portal.demo.preparing import APPROVER, AUDITOR, OPERATOR
from portal.demo.refusals import DrawNotProved


def freeze_and_publish(job: Job) -> None:
    """Freeze the list of entrants, publish it, and have it checked while nobody can know more."""
    job.advance(job.schedule.frozen_at)
    if order("draw", "status", job.code)["state"] is None:
        round_time = job.schedule.round_time.isoformat()
        order("draw", "freeze", job.code, "--round-time", round_time, "--by", OPERATOR)
    have_approved("draw", "publish", job.code, by=OPERATOR, approver=APPROVER)
    draw = latest_draw(job.campaign)
    job.say(f"  {draw.entry_count:,} entrants are frozen and published under the manifest hash")
    job.say(f"    {bytes(draw.manifest_sha256).hex()}")
    if draw.state == Draw.State.PUBLISHED:
        job.say(f"  {verify(job, draw)[-1]}")


def await_round(job: Job) -> None:
    """Have the week pass until the round that the manifest names appears."""
    days.pass_nights(job, until=job.schedule.round_time)
    job.advance(job.schedule.round_time)


def run_and_verify(job: Job) -> None:
    """Draw by the round, and have an outsider compute it again from the files alone."""
    drawn = order("draw", "run", job.code, "--by", OPERATOR)
    job.say(
        f"  {drawn['winners']:,} winners get {drawn['total_points']:,} points; "
        f"{drawn['leftover_points']:,} are left over"
    )
    for line in verify(job, latest_draw(job.campaign)):
        job.say(f"  verify_draw.py: {line}")


def confirm(job: Job) -> None:
    """Have the result confirmed by two people; from now on it is public."""
    days.pass_nights(job, until=job.schedule.confirmed_at)
    job.advance(job.schedule.confirmed_at)
    have_approved("draw", "confirm", job.code, by=OPERATOR, approver=APPROVER)
    for line in verify(job, latest_draw(job.campaign))[-2:]:
        job.say(f"  {line}")


def verify(job: Job, draw: Draw) -> list[str]:
    """Write the bundle and check it with the verifier that is in it; return what that says.

    Raises:
        DrawNotProved: it does not accept the bundle.
    """
    folder = bundle_folder(job.place)
    order("draw", "export", job.code, "--output", str(folder), "--by", OPERATOR)
    finished = subprocess.run(
        [*outsider(folder), *known_from_elsewhere(draw), *what_there_is(job, draw)],
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    lines = finished.stdout.splitlines()
    if finished.returncode != 0:
        raise DrawNotProved("\n".join([*lines, finished.stderr.strip()]))
    return lines


def outsider(folder: Path) -> list[str]:
    """Return the words that run the published verifier on the published files."""
    return [sys.executable, str(folder / "verify_draw.py"), str(folder)]


def known_from_elsewhere(draw: Draw) -> Iterator[str]:
    """Yield what an outsider has from another place than the files: hash and public key."""
    yield from ("--manifest-sha256", bytes(draw.manifest_sha256).hex())
    yield from ("--signing-key", json.loads(bytes(draw.manifest))["signing_key"])


def what_there_is(job: Job, draw: Draw) -> Iterator[str]:
    """Yield what else there is to check: a winner's receipt, or that nothing is drawn yet."""
    if draw.drawn_at is None:
        yield "--before-draw"
        return
    if draw.confirmed_at is None:
        return
    first = Award.objects.filter(draw=draw).order_by("rank").select_related("entrant").first()
    if first is not None:
        file = job.place / "receipt.json"
        member = first.entrant.wester_id
        order("draw", "receipt", job.code, member, "--by", AUDITOR, "--output", str(file))
        yield from ("--receipt", str(file))


def bundle_folder(place: Path) -> Path:
    """Return where the demo's bundle lies."""
    return place / "bundle"
