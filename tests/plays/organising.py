"""Carry campaigns out by the commands, as ops and the people who approve do."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pytest_django import Settings

from config.env import MovedClock
from tests import commands
from tests.factories.campaign import UserFactory
from tests.feedfiles import Row, booking_row, booking_row_2, write_feed_file
from tests.plays.evaluating import Ride
from tests.points.faults.answers import Line, read_credits, write_results

run_json = partial(commands.run_json, may_warn=True)


class Organiser:
    """Two people with a terminal, and the clock of the machine."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder, self.sent = settings, folder, 0
        settings.ALLOW_COMMAND_APPROVAL = True
        for role in ("campaign", "ops", "approver", "auditor"):
            UserFactory.create(username=role, role=role)

    def at(self, instant: datetime | str) -> None:
        """Set the clock."""
        if isinstance(instant, str):
            instant = datetime.fromisoformat(instant)
        self.settings.CAMPAIGN_NOW = MovedClock(instant, runs=False)

    def approved(self, *words: object, by: str = "ops") -> Any:
        """Ask for something as one person, and approve it as another."""
        request = run_json(*words, "--by", by)
        return run_json("approval", "approve", request["approval"], "--by", "approver")

    def publish(self, file: dict[str, Any]) -> None:
        """Load, check and publish a campaign file."""
        path = self.folder / f"{file['code']}.json"
        path.write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
        run_json("campaign", "load", path, "--by", "campaign")
        checked = run_json("campaign", "check", file["code"])
        assert checked["ok"], checked
        self.approved("campaign", "publish", file["code"], by="campaign")

    def deliver(self, rows: Iterable[Row], **options: Any) -> None:
        """Deliver a feed file and load it; nothing of it is set aside."""
        self.sent += 1
        path = write_feed_file(self.folder, rows, sequence=self.sent, **options)
        (loaded,) = run_json("load_feeds", path)["files"]
        assert (loaded["status"], loaded["quarantined"]) == ("loaded", 0), loaded

    def draw(self, file: dict[str, Any]) -> Any:
        """Freeze, publish, run and confirm a draw once its campaign has closed."""
        code, closes = file["code"], datetime.fromisoformat(file["closes_at"])
        round_at = closes + timedelta(days=4)
        self.at(closes + timedelta(hours=12))
        run_json("draw", "freeze", code, "--round-time", round_at.isoformat(), "--chain", "local")
        self.approved("draw", "publish", code)
        self.at(round_at + timedelta(minutes=1))
        drawn = run_json("draw", "run", code)
        self.approved("draw", "confirm", code)
        return drawn

    def pay(self, code: str) -> list[dict[str, str]]:
        """Pay a draw and export what it credits; return the rows of the file."""
        self.approved("payout", "prepare", code)
        run_json("payout", "run", code)
        folder = self.folder / f"credits {code}"
        run_json("payout", "export", code, "--output", folder)
        return read_credits(folder)

    def answer(self, lines: Iterable[Line]) -> Path:
        """Answer as the points system does."""
        self.sent += 1
        return write_results(self.folder, lines, sequence=self.sent)


def events_of(rides: Iterable[Ride], *, first: int = 1) -> list[Row]:
    """Return the events of rides, booked and used, numbered from ``first``; version 1."""
    rows: list[Row] = []
    for number, ride in enumerate(rides, first):
        event = event_of(ride, number)
        used = {"event_id": f"used-{number}", "event_type": "used"}
        rows += [event, event | used | {"occurred_at": f"{ride.day}T21:00:00+09:00"}]
    return rows


def event_of(ride: Ride, number: int) -> dict[str, object]:
    """Return the event by which a ride was booked, of the version that can say all of it."""
    values = {
        "event_id": f"booked-{number}",
        "reservation_no": f"R{number}",
        "wester_id": ride.member,
        "travel_date": ride.day,
        "amount_yen": str(ride.yen),
    }
    if ride.ticketless is None:
        return booking_row(**values)
    return booking_row_2(**values, ticketing="ticketless" if ride.ticketless else "paper")


def cancelled(ride: Ride, number: int) -> Row:
    """Return the event by which a ride was cancelled afterwards."""
    late = {"event_id": f"late-{number}", "event_type": "refunded"}
    return event_of(ride, number) | late | {"occurred_at": "2025-02-01T09:00:00+09:00"}
