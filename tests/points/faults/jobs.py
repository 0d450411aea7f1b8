"""What a process of the tests can do: build what is to be paid, pay it, settle it, serve it."""

import json
import random
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

from celery import current_app as app
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from kombu import Producer

from bookings.loading import load_file
from campaign.models import Campaign
from config.env import MovedClock
from core import clock
from entries.feeds import FEEDS
from lottery.models import Draw
from points import preparing
from tests.factories.campaign import CampaignFactory, UserFactory
from tests.factories.lottery import published_draw, run
from tests.points.faults import answers, bugs, members
from tests.points.faults.members import CODE
from tests.points.faults.moments import Moment, strike_at

OPS, APPROVER = "ops-1", "approver-1"
LOADED_AT = datetime(2025, 2, 11, tzinfo=clock.JAPAN)
JOBS: dict[str, Callable[..., None]] = {}


def run_job(asked: dict[str, Any]) -> None:
    """Do what is asked for, in the database and with the bug that are asked for."""
    settings.DATABASES["default"]["NAME"] = asked["database"]
    connection.settings_dict["NAME"] = asked["database"]
    if asked["bug"]:
        bugs.BUGS[asked["bug"]].plant()
    if asked["moment"]:
        strike_at(Moment(*asked["moment"]))
    JOBS[asked["job"]](**asked["options"])


def job(function: Callable[..., None]) -> Callable[..., None]:
    JOBS[function.__name__] = function
    return function


def command(*words: str) -> dict[str, Any]:
    """Run a command of the contract and return its object; what it refuses is raised."""
    output = StringIO()
    call_command(*words, "--json", stdout=output, stderr=StringIO())
    answer: dict[str, Any] = json.loads(output.getvalue())
    return answer


@job
def migrate() -> None:
    call_command("migrate", verbosity=0)


@job
def build(*, folder: str, size: int, undrawn_points: int, seed: int) -> None:
    """Bring a campaign to the confirmation of its draw, and what is known late after it."""
    UserFactory.create(username=OPS, role="ops")
    UserFactory.create(username=APPROVER, role="approver")
    names = members.name_members(size)
    campaign = CampaignFactory.create(
        code=CODE,
        published=True,
        first__budget_points=members.points_of(names) - undrawn_points,
        first__edge="partial",
        first__prizes=members.plan_of(names),
    )
    before, after = Path(folder) / "before", Path(folder) / "after"
    before.mkdir(parents=True)
    after.mkdir()
    members.write_before_freeze(before, names)
    members.write_after_freeze(after, names)
    load_folder(before)
    draw = draw_every_kind(Campaign.objects.get(pk=campaign.pk), seed)
    settings.CAMPAIGN_NOW = MovedClock(draw.round_time + timedelta(hours=1), runs=False)
    approve(command("draw", "confirm", CODE, "--by", OPS))
    load_folder(after)


def draw_every_kind(campaign: Campaign, seed: int) -> Draw:
    """Draw until somebody of every kind is drawn, with a draw's keys from the seed or the next."""
    for tried in count(seed):
        make_chance(tried)
        with transaction.atomic():
            draw = run(published_draw(campaign=campaign))
            drawn = draw.awards.filter(prize=members.SPENT).values_list(
                "entrant__wester_id", flat=True
            )
            if {wester_id.partition("-")[0] for wester_id in drawn} == members.KINDS.keys():
                return draw
            transaction.set_rollback(True)
            campaign.entries_frozen_at = None
    raise AssertionError


def make_chance(seed: int) -> None:
    """Take from a seed what is drawn by chance."""
    chance = random.Random(seed)
    vars(secrets)["token_bytes"] = lambda count=32: chance.randbytes(count)
    vars(secrets)["randbelow"] = chance.randrange


def load_folder(folder: Path) -> None:
    for path in sorted(folder.glob("*.csv")):
        outcome = load_file(path=path, feeds=FEEDS, loaded_at=LOADED_AT)
        assert outcome.status == "loaded", outcome
        assert not outcome.quarantined, outcome


def approve(asked: dict[str, Any]) -> None:
    """Approve what was asked for, if it waits."""
    if asked.get("approval"):
        command("approval", "approve", str(asked["approval"]), "--by", APPROVER)


@job
def prepare(*, per_part: int) -> None:
    """Ask for the payout, in parts of so many awards, and approve it."""
    preparing.AWARDS_PER_PART = per_part
    approve(command("payout", "prepare", CODE, "--by", OPS))


@job
def pay() -> None:
    """Pay by command."""
    command("payout", "run", CODE)


@job
def settle_and_close(*, folder: str) -> None:
    """Export, take the answers to it, and close."""
    command("payout", "export", CODE, "--output", folder)
    command("payout", "settle", CODE, str(answers.answer(Path(folder))))
    command("payout", "close", CODE)


@job
def close_and_verify(*, folder: str) -> None:
    settle_and_close(folder=folder)
    verify()


@job
def verify() -> None:
    assert command("ledger", "verify")["ok"] is True


@job
def pay_and_verify() -> None:
    pay()
    verify()


@job
def load(*, path: str) -> None:
    load_file(path=Path(path), feeds=FEEDS, loaded_at=LOADED_AT)


@job
def work(*, deliveries: int = 1) -> None:
    """Serve as a worker; what it sends is delivered so many times."""
    deliver(deliveries)
    app.Worker(
        pool="solo", loglevel="WARNING", without_mingle=True, without_gossip=True, quiet=True
    ).start()


@job
def beat(*, every_s: int = 1, deliveries: int = 1) -> None:
    """Ring the bells of the project, only faster."""
    deliver(deliveries)
    for bell in app.conf.beat_schedule.values():
        bell["schedule"] = every_s
    app.Beat(max_interval=every_s, loglevel="WARNING", quiet=True).run()


@job
def ring() -> None:
    """Answer every bell of the project once: whatever is due is sent for."""
    for bell in app.conf.beat_schedule.values():
        app.tasks[bell["task"]].apply(throw=True)


def deliver(deliveries: int) -> None:
    """Deliver every message of this process so many times."""
    publish = Producer.publish

    def publish_again(self: Any, *words: Any, **options: Any) -> Any:
        for _ in range(deliveries):
            answer = publish(self, *words, **options)
        return answer

    Producer.publish = publish_again  # type: ignore[method-assign] # in this process alone
