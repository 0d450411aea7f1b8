"""A database restored to before the payout, when the points system has its credits already.

The manual's order is played by the commands that it names, and what becomes of the other order.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from campaign.models import Campaign
from config.env import MovedClock
from entries.models import Membership
from points.models import CreditFile, Payout, Transfer
from points.verifying import verify_ledger
from tests.campaign.commands import run, run_json
from tests.entries.feedfiles import membership_row, write_memberships
from tests.factories.campaign import UserFactory
from tests.points.answers import answer, classes, write_answers
from tests.points.books import balances
from tests.points.steps import CREDIT_AT, confirmed, prepared, standings

pytestmark = pytest.mark.django_db
SENT = "credits-20250215-001.csv"
CREDITED = {
    "W1": ("credited", 5_000, 0, 0, ""),
    "W2": ("forfeited", 0, 0, 12_340, "withdrawn"),
    "W3": ("credited", 20_000, 0, 0, ""),
}
BACKUPS: dict[str, Callable[[], Any]] = {"confirmed": confirmed, "approved": prepared}


@dataclass
class World:
    """What a restored database does not lose: feeds, what was sent, and what was answered."""

    code: str
    before: Path  # the feed files that had been delivered when the points were credited
    after: Path
    outbox: Path
    results: Path = Path()  # once the points system has answered

    def pay(self) -> None:
        """Have the payout approved, where the backup does not know of it, and carried out."""
        approval = run_json("payout", "prepare", self.code, "--by", "ops")["approval"]
        if approval is not None:
            run_json("approval", "approve", approval, "--by", "boss")
        run_json("payout", "run", self.code)

    def export(self) -> None:
        run_json("payout", "export", self.code, "--output", self.outbox)

    def settle(self) -> Any:
        return run_json("payout", "settle", self.code, self.results)


@contextmanager
def lost() -> Iterator[None]:
    """Live through something that the database does not know afterwards."""
    savepoint = transaction.savepoint()
    yield
    transaction.savepoint_rollback(savepoint)


@pytest.fixture(params=BACKUPS)
def world(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> World:
    """Return the world after a payout was sent and answered, and the database restored.

    W2 left before the points were credited, W1 after that; the feeds have both.
    """
    settings.CAMPAIGN_NOW = MovedClock(CREDIT_AT, runs=False)
    settings.ALLOW_COMMAND_APPROVAL = True
    UserFactory.create(username="ops", role="ops")
    UserFactory.create(username="boss", role="approver")
    BACKUPS[request.param]()
    places = [tmp_path / name for name in ("before", "after", "outbox")]
    for place in places:
        place.mkdir()
    before, after, outbox = places
    for folder, member, day in ((before, "W2", "2025-02-14"), (after, "W1", "2025-02-16")):
        row = membership_row(wester_id=member, status="withdrawn", changed_at=f"{day}T00:00:00Z")
        write_memberships(folder, [row], business_date=day)
    found = World(Campaign.objects.get().code, before, after, outbox)
    with lost():
        run_json("load_feeds", before)
        found.pay()
        found.export()
        assert standings(Payout.objects.get().draw) == CREDITED
        rows = [answer(row_of(line)) for line in (outbox / SENT).read_text().splitlines()[1:]]
        found.results = write_answers(tmp_path, rows)
        run_json("load_feeds", after)
    assert not Membership.objects.exists()
    assert not Transfer.objects.filter(kind="credit").exists()
    return found


def row_of(line: str) -> dict[str, str]:
    key, member, points, *_ = line.split(",")
    return {"credit_key": key, "wester_id": member, "points": points}


def test_the_order_of_the_manual_leads_to_where_it_was(world: World) -> None:
    sent = (world.outbox / SENT).read_bytes()

    run_json("load_feeds", world.before)
    world.pay()
    world.export()
    world.settle()
    run_json("payout", "close", world.code)
    run_json("load_feeds", world.before, world.after)

    payout = Payout.objects.get()
    assert (world.outbox / SENT).read_bytes() == sent
    assert standings(payout.draw) == CREDITED
    assert classes(payout) == dict.fromkeys(("W1", "W3"), ("agrees", False))
    assert verify_ledger().ok


def test_credits_that_differ_from_what_was_sent_are_not_written_over_it(world: World) -> None:
    sent = {path.name: path.read_bytes() for path in world.outbox.iterdir()}
    with lost():
        run_json("load_feeds", world.before, world.after)
        world.pay()

        for trial in (["--dry-run"], []):
            refused = run("payout", "export", world.code, "--output", world.outbox, *trial)

            assert (refused.code, "not written over" in refused.reason) == (1, True)
        assert {path.name: path.read_bytes() for path in world.outbox.iterdir()} == sent
        assert not CreditFile.objects.exists()

    run_json("load_feeds", world.before)
    world.pay()
    world.export()
    assert world.settle()["open"] == 0


def test_what_was_credited_only_there_is_resolved_as_credited(world: World) -> None:
    """The way out where it is noticed only when the answers come."""
    shutil.rmtree(world.outbox)
    run_json("load_feeds", world.before, world.after)
    world.pay()
    world.export()
    payout = Payout.objects.get()
    assert standings(payout.draw)["W1"] == ("forfeited", 0, 0, 5_000, "withdrawn")
    assert world.settle()["classes"]["unknown_here"] == 1
    assert run("payout", "close", world.code).code == 1
    [key] = [
        row_of(line)["credit_key"]
        for line in world.results.read_text().splitlines()[1:]
        if not Transfer.objects.filter(key=bytes.fromhex(line[:64])).exists()
    ]

    words = ["--as", "credited", "--reason", "Sent before the restore.", "--by", "ops"]
    approval = run_json("payout", "resolve", world.code, key, *words)["approval"]
    assert standings(payout.draw)["W1"][0] == "forfeited"
    run_json("approval", "approve", approval, "--by", "boss")

    assert standings(payout.draw) == CREDITED
    assert classes(payout) == dict.fromkeys(("W1", "W3"), ("agrees", False))
    assert (balances()["W1"], balances()["forfeited"]) == (5_000, 12_340)
    assert bytes(Transfer.objects.get(kind="credit", points=5_000).key).hex() == key
    assert run_json("payout", "close", world.code)["state"] == "closed"
    assert verify_ledger().ok
