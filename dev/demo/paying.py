"""The payout as ops carry it out, and its settlement with the stand-in of the points system."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from core.enqueuing import enqueue
from dev.demo import days, points_stand_in
from dev.demo.commands import request_and_approve, run_command
from dev.demo.job import Job
from dev.demo.points_stand_in import Answer
from dev.demo.preparing import APPROVER, OPERATOR
from points.models import KeyStanding, Payout
from points.queries import find_open_keys, get_payout
from points.tasks import start_due_work

# What a person found out about a key on which both sides differ, and what it is then resolved as.
FINDINGS = {
    KeyStanding.Class.MISSING_THERE: ("rejected", "never arrived there"),
    KeyStanding.Class.UNKNOWN_HERE: ("rejected", "of another campaign, booked there by mistake"),
    KeyStanding.Class.AMOUNT_DIFFERS: ("credited", "the rest was credited by hand"),
    KeyStanding.Class.ANSWERED_TWICE: ("credited", "credited once, as a look there showed"),
}


def prepare(job: Job) -> None:
    """Approve the payout by two people: its list is an upper bound."""
    days.play_nights(job, until=job.schedule.prepared_at)
    job.advance(job.schedule.prepared_at)
    request_and_approve("payout", "prepare", job.code, by=OPERATOR, approver=APPROVER)


def pay(job: Job) -> None:
    """Play until the day of crediting, on which the workers credit every award once."""
    days.play_nights(job, until=job.schedule.credited_at)
    job.advance(job.schedule.credited_at)
    ended = Payout.objects.filter(pk=get_payout(job.code).pk, ended_at__isnull=False)
    job.workers.wait_for(
        partial(ended.exists), enqueue=partial(enqueue, start_due_work), what="the payout"
    )
    paid = run_command("payout", "status", job.code)
    job.report(
        f"  {paid['credited']:,} members get {paid['credited_points']:,} points; "
        f"{paid['forfeited']:,} forfeit theirs, {paid['released_points']:,} points are released"
    )


def settle(job: Job) -> None:
    """Export the credits, settle the answers, and resolve the keys on which both sides differ."""
    job.advance(job.schedule.settled_at)
    sent = run_command("payout", "export", job.code, "--output", str(outbox(job)), "--by", OPERATOR)
    requested = points_stand_in.read_credits(outbox(job))
    settle_answers(job, points_stand_in.answer_at_first(requested), sequence=1)
    settle_answers(job, points_stand_in.answer_later(requested), sequence=2)
    rejected = run_command("payout", "status", job.code)["classes"]["rejected"]
    job.report(
        f"  the points system answered {sent['rows']:,} credits of {sent['name']}; "
        f"the {rejected:,} that it rejected are forfeited"
    )
    for key in find_open_keys(get_payout(job.code)):
        resolve(job, key)


def settle_answers(job: Job, answers: Iterable[Answer], *, sequence: int) -> None:
    """Write a file of the stand-in's answers, and settle it."""
    file = points_stand_in.write_answers(
        job.folder / "settlement" / "back",
        answers,
        business_date=job.schedule.credited_at.date(),
        sequence=sequence,
        at=job.schedule.settled_at,
    )
    run_command("payout", "settle", job.code, str(file), "--by", OPERATOR)


def resolve(job: Job, key: KeyStanding) -> None:
    """Resolve a key on which both sides differ, by two people."""
    verdict, why = FINDINGS[KeyStanding.Class(key.classed)]
    words = ("payout", "resolve", job.code, bytes(key.credit_key).hex())
    request_and_approve(*words, "--as", verdict, "--reason", why, by=OPERATOR, approver=APPROVER)
    job.report(f"  one key: {key.get_classed_display()}, so two people took it as {verdict}")


def close(job: Job) -> None:
    """Load the last files, which change nothing, and close the campaign's books."""
    job.advance(job.schedule.closed_at)
    days.load_due_files(job, until=job.schedule.closed_at.date())
    run_command("payout", "close", job.code, "--by", OPERATOR)
    books = run_command("ledger", "verify")
    job.report(
        f"  the ledger agrees: {books['accounts']:,} accounts, {books['transfers']:,} transfers"
    )


def outbox(job: Job) -> Path:
    """Return the folder of the files for the points system."""
    return job.folder / "settlement" / "out"
