"""The payout as ops carry it out, and its settlement with the points system's stand-in."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from core.enqueuing import enqueue
from dev.demo import days, points_system
from dev.demo.job import Job
from dev.demo.orders import have_approved, order
from dev.demo.points_system import Answer
from dev.demo.preparing import APPROVER, OPERATOR
from points.models import KeyStanding, Payout
from points.queries import find_open_keys, get_payout
from points.tasks import start_due_work

# What a person found out about a key on which both sides differ, and what it is then taken as.
FOUND_OUT = {
    KeyStanding.Class.MISSING_THERE: ("rejected", "never arrived there"),
    KeyStanding.Class.UNKNOWN_HERE: ("rejected", "of another campaign, booked there by mistake"),
    KeyStanding.Class.AMOUNT_DIFFERS: ("credited", "the rest was credited by hand"),
    KeyStanding.Class.ANSWERED_TWICE: ("credited", "credited once, as a look there showed"),
}


def prepare(job: Job) -> None:
    """Have the payout allowed by two people: its list is an upper bound."""
    days.pass_nights(job, until=job.schedule.prepared_at)
    job.advance(job.schedule.prepared_at)
    have_approved("payout", "prepare", job.code, by=OPERATOR, approver=APPROVER)


def pay(job: Job) -> None:
    """Have the day of crediting come, and the workers credit every award once."""
    days.pass_nights(job, until=job.schedule.credited_at)
    job.advance(job.schedule.credited_at)
    ended = Payout.objects.filter(pk=get_payout(job.code).pk, ended_at__isnull=False)
    job.crew.wait_for(
        partial(ended.exists), ring=partial(enqueue, start_due_work), what="the payout"
    )
    paid = order("payout", "status", job.code)
    job.say(
        f"  {paid['credited']:,} members get {paid['credited_points']:,} points; "
        f"{paid['forfeited']:,} forfeit theirs, {paid['released_points']:,} points are released"
    )


def settle(job: Job) -> None:
    """Tell the points system of the credits, take its answers, and end what both differ on."""
    job.advance(job.schedule.settled_at)
    sent = order("payout", "export", job.code, "--output", str(outbox(job)), "--by", OPERATOR)
    asked = points_system.read_credits(outbox(job))
    for sequence, answers in enumerate(
        (points_system.answer_at_first(asked), points_system.answer_later(asked)), start=1
    ):
        take(job, answers, sequence=sequence)
    rejected = order("payout", "status", job.code)["classes"]["rejected"]
    job.say(
        f"  the points system answered {sent['rows']:,} credits of {sent['name']}; "
        f"the {rejected:,} that it rejected are forfeited"
    )
    for key in find_open_keys(get_payout(job.code)):
        resolve(job, key)


def take(job: Job, answers: Iterable[Answer], *, sequence: int) -> None:
    """Have the stand-in write a file of answers, and take it."""
    file = points_system.write_answers(
        job.place / "settlement" / "back",
        answers,
        business_date=job.schedule.credited_at.date(),
        sequence=sequence,
        at=job.schedule.settled_at,
    )
    order("payout", "settle", job.code, str(file), "--by", OPERATOR)


def resolve(job: Job, key: KeyStanding) -> None:
    """Have two people end a key on which both sides differ."""
    verdict, why = FOUND_OUT[KeyStanding.Class(key.classed)]
    words = ("payout", "resolve", job.code, bytes(key.credit_key).hex())
    have_approved(*words, "--as", verdict, "--reason", why, by=OPERATOR, approver=APPROVER)
    job.say(f"  one key: {key.get_classed_display()}, so two people took it as {verdict}")


def close(job: Job) -> None:
    """Load what still comes in, which changes nothing, and close the campaign's books."""
    job.advance(job.schedule.closed_at)
    days.receive(job, until=job.schedule.closed_at.date())
    order("payout", "close", job.code, "--by", OPERATOR)
    books = order("ledger", "verify")
    job.say(
        f"  the ledger agrees: {books['accounts']:,} accounts, {books['transfers']:,} transfers"
    )


def outbox(job: Job) -> Path:
    """Return where the files for the points system lie."""
    return job.place / "settlement" / "out"
