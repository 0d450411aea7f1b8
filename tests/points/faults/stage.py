"""A campaign from its first entry to its close, in one transaction that is never committed.

Each step is what staff, members or workers can ask for, at the instant that it is asked. What
dies within a step leaves what the steps' own transactions have kept.
"""

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg.sql import Composable

from bookings.loading import load_file
from campaign.queries import working_terms
from core import approvals
from core.audit import Actor
from core.errors import Refusal
from core.models import Approval
from entries.entering import enter_campaign
from entries.feeds import FEEDS
from lottery import confirming, publishing, voiding
from lottery.chains import sign_local_round
from lottery.freezing import freeze_draw
from lottery.models import Draw
from lottery.queries import standing_draw
from lottery.running import run_draw
from points import closing, correcting, expiring, exporting, payout, preparing, settling
from points.models import KeyStanding, Payout
from points.queries import get_payout
from tests.factories.campaign import CampaignFactory, UserFactory
from tests.factories.lottery import CLOSED
from tests.feedfiles import write_feed_file
from tests.points.faults.answers import Line, read_credits, write_results
from tests.points.faults.members import booking, write_leaves

CODE = "orders"
PARTS = 2  # awards in one
UNDOING = ("ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT")


class Crash(BaseException):
    """The process dies here."""


class NoDraw(Refusal):
    """Nothing was frozen yet."""


class Stage:
    """The steps of one campaign, and the instant that it is."""

    def __init__(self, members: Sequence[str], **terms: Any) -> None:
        self.campaign = CampaignFactory.create(
            code=CODE, published=True, **{f"first__{name}": value for name, value in terms.items()}
        )
        self.ops = Actor(UserFactory.create(role="ops"))
        self.approver = Actor(UserFactory.create(role="approver"))
        self.now = working_terms(self.campaign).opens_at
        self.folder = Path(tempfile.mkdtemp())
        self.files = 0

    def at_least(self, instant: datetime) -> datetime:
        """Have it be so late, if it is not later."""
        self.now = max(self.now, instant)
        return self.now

    def draw(self) -> Draw:
        draw = standing_draw(self.campaign)
        if draw is None:
            raise NoDraw
        return draw

    # What members and upstream do

    def enter(self, member: str) -> None:
        enter_campaign(period=working_terms(self.campaign), wester_id=member, entered_at=self.now)

    def load_booking(self, member: str, place: int, event: str, yen: int) -> None:
        self.load(write_feed_file, [booking(member, place, event, amount_yen=yen)])

    def withdraw(self, member: str) -> None:
        self.load(write_leaves, [member])

    def load(self, write: Callable[..., Path], rows: Any) -> None:
        self.files += 1
        path = write(self.folder, rows, sequence=self.files)
        outcome = load_file(path=path, feeds=FEEDS, loaded_at=self.now)
        assert outcome.status == "loaded", outcome
        assert not outcome.quarantined, outcome

    # What staff, ops and workers do, in the order in which it is meant

    def freeze(self) -> None:
        """Freeze for a later round than any draw before."""
        now, days = self.at_least(CLOSED), 3 + self.campaign.draws.count()
        freeze_draw(
            campaign=self.campaign, round_time=now + timedelta(days=days), chain="local", at=now
        )

    def publish(self) -> None:
        self.approved(publishing.request_publication(draw=self.draw(), **self.asked_now()))

    def run(self) -> None:
        draw = self.draw()
        now = self.at_least(draw.round_time)
        run_draw(draw=draw, round=sign_local_round(draw, at=now), at=now)

    def give_up(self) -> None:
        """Run a draw that was never published, and void it with its result."""
        draw = self.draw()
        now = self.at_least(draw.round_time)
        run_draw(draw=draw, round=sign_local_round(draw, at=now), at=now, to_void=True)
        self.void()

    def confirm(self) -> None:
        self.approved(confirming.request_confirmation(draw=self.draw(), **self.asked_now()))

    def prepare(self) -> None:
        self.approved(preparing.request_payout(campaign=self.campaign, **self.asked_now()))

    def pay(self) -> None:
        self.at_least(working_terms(self.campaign).credit_at)
        payout.pay_remaining_parts(self.payout(), now=lambda: self.now)

    def export(self) -> None:
        exporting.export_credits(payout=self.payout(), folder=self.folder, at=self.now)

    def settle(self, tell: Callable[[dict[str, str]], Sequence[Line]]) -> None:
        """Take what the points system tells of each credit that it was sent."""
        lines = [line for credit in read_credits(self.folder) for line in tell(credit)]
        self.files += 1
        path = write_results(self.folder, lines, sequence=self.files)
        outcome = settling.settle(payout=self.payout(), path=path, at=self.now)
        assert outcome.status in ("loaded", "already_loaded"), outcome

    def resolve(self) -> None:
        """Have a person end every key that is open."""
        for key in KeyStanding.objects.filter(is_open=True).order_by("credit_key"):
            stands = key.transfer_id is not None and not key.is_reversed
            asked = correcting.request_resolution(
                payout=self.payout(),
                key=bytes(key.credit_key),
                verdict="credited" if stands else "rejected",
                reason="They were asked.",
                **self.asked_now(),
            )
            self.approved(asked)

    def close(self) -> None:
        closing.close_payout(payout=self.payout(), at=self.now)

    def void(self) -> None:
        asked = voiding.request_void(draw=self.draw(), reason="A mistake.", **self.asked_now())
        self.approved(asked)

    def expire(self) -> None:
        expires_on = working_terms(self.campaign).expires_on
        now = self.now.replace(year=expires_on.year, month=expires_on.month, day=expires_on.day)
        expiring.expire_credits(at=self.at_least(now + timedelta(days=1)))

    def payout(self) -> Payout:
        return get_payout(CODE)

    def asked_now(self) -> dict[str, Any]:
        return {"actor": self.ops, "at": self.now}

    def approved(self, asked: Approval | None) -> None:
        if asked:
            approvals.approve(approval_id=asked.pk, actor=self.approver, at=self.now)


@contextmanager
def dying_at(statement: int) -> Iterator[None]:
    """Have what is done inside die at one of its statements, if it has so many.

    From then on nothing is done but what the server does by itself: undo what was not committed.
    """
    numbers = count(1)

    def refuse_the_dead(execute: Callable[..., Any], sql: str | Composable, *words: Any) -> Any:
        is_undoing = isinstance(sql, str) and sql.startswith(UNDOING)
        if next(numbers) >= statement and not is_undoing:
            raise Crash
        return execute(sql, *words)

    with connection.execute_wrapper(refuse_the_dead), suppress(Crash):
        yield


def make_chance() -> Callable[[int], bytes]:
    """Return a source of keys that is the same each time."""
    return random.Random(0).randbytes
