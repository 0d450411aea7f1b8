"""What the demo prints at its end, and what the stand-in of the points system answers."""

import csv
import hashlib
import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from core.clock import JAPAN
from dev.demo import points_stand_in, stories, summary
from dev.demo.logins import offer_members
from dev.demo.points_stand_in import Credit
from dev.demo.private_file import write_private
from dev.demo.scenario import Scenario

AT = datetime(2025, 2, 17, 10, tzinfo=JAPAN)
STORY: dict[str, Any] = {
    "wester_id": "W1",
    "entered_at": "2024-12-10T12:03:21+09:00",
    "channel": "app",
    "bookings": [
        {
            "booking": "e5489/R1/1",
            "journey": "のぞみ:新大阪>博多",
            "travel_date": "2024-12-28",
            "amount_yen": 15_600,
            "reasons": [],
            "sentences": [],
        },
        {
            "booking": "e5489/R1/2",
            "journey": "のぞみ:博多>新大阪",
            "travel_date": "2025-01-08",
            "amount_yen": 15_600,
            "reasons": ["outside_travel_period", "not_used"],
            "sentences": ["Not eligible, because it was too late.", "We are waiting."],
        },
    ],
    "total_yen": 15_600,
    "reward_points": 15_600,
}


def make_credits(count: int) -> list[Credit]:
    return [Credit(f"{place:064x}", 1_000 + place) for place in range(count)]


def test_a_story_is_told_in_the_order_in_which_it_happened() -> None:
    assert stories.to_lines(STORY) == [
        "W1 entered in the app on 10 December 2024 at 12:03:21.",
        "  2024-12-28  のぞみ:新大阪>博多  15,600 yen: counts",
        "  2025-01-08  のぞみ:博多>新大阪  15,600 yen",
        "              Not eligible, because it was too late.",
        "              We are waiting.",
        "That makes 15,600 yen, worth 15,600 points on the frozen list.",
    ]


def test_find_summary_finds_only_that_of_its_own_scenario(tmp_path: Path) -> None:
    file = tmp_path / "demo.json"
    scenario = asdict(Scenario(5, seed="s"))
    kept = {"campaign": "C1", "version": summary.VERSION, "scenario": scenario}
    assert summary.find_summary(file, Scenario(5, seed="s")) is None

    write_private(file, json.dumps(kept))

    assert summary.find_summary(file, Scenario(5, seed="s")) == kept
    assert summary.find_summary(file, Scenario(6, seed="s")) is None
    write_private(file, json.dumps({**kept, "version": summary.VERSION - 1}))
    assert summary.find_summary(file, Scenario(5, seed="s")) is None
    write_private(file, json.dumps(kept))
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json"]


@pytest.mark.parametrize(
    ("winner", "loser", "expected"),
    [
        pytest.param(
            STORY, {**STORY, "wester_id": "W2"}, ["W1", "W2", "W3", "W-NEWCOMER"], id="both"
        ),
        pytest.param(STORY, None, ["W1", "W3", "W-NEWCOMER"], id="everybody was drawn"),
        pytest.param(None, None, ["W3", "W-NEWCOMER"], id="there was nobody"),
    ],
)
def test_the_played_wester_id_offers_whose_story_was_told(
    tmp_path: Path, winner: Any, loser: Any, expected: list[str]
) -> None:
    examples = [{"wester_id": "W3", "note": "上限まで還元された会員"}]
    offer_members(tmp_path, {"winner": winner, "loser": loser, "examples": examples})

    offered = json.loads((tmp_path / "wester" / "members.json").read_text())
    assert [one["wester_id"] for one in offered] == expected


def test_the_points_system_answers_most_credits_and_makes_one_mistake_of_every_kind() -> None:
    due = make_credits(600)

    answers = list(points_stand_in.answer_at_first(due))

    rejected = [answer for answer in answers if answer.status == "rejected"]
    keys = [answer.key for answer in answers]
    assert len(rejected) == 600 // points_stand_in.REJECTED_EVERY + 1
    assert due[points_stand_in.OMITTED].key not in keys
    assert keys.count(due[points_stand_in.TWICE].key) == 2
    amounts = {credit.key: credit.points for credit in due}
    differing = {one.key for one in answers if one.status == "credited"} & {
        one.key
        for one in answers
        if one.status == "credited" and one.points != amounts.get(one.key)
    }
    assert differing == {due[points_stand_in.DIFFERENT].key, points_stand_in.UNKNOWN_KEY}


def test_the_points_system_tells_later_what_it_forgot() -> None:
    due = make_credits(10)

    assert [one.key for one in points_stand_in.answer_later(due)] == [
        due[points_stand_in.OMITTED].key
    ]


def test_write_answers_makes_a_file_to_the_contract(tmp_path: Path) -> None:
    path = points_stand_in.write_answers(
        tmp_path / "back",
        points_stand_in.answer_later(make_credits(5)),
        business_date=date(2025, 2, 15),
        sequence=2,
        at=AT,
    )

    manifest = json.loads(path.with_name(f"{path.name}.manifest.json").read_text())
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert path.name == "credit_results-20250215-002.csv"
    assert manifest["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (manifest["rows"], manifest["total_points"]) == (1, 1_003)
    assert rows[0]["processed_at"] == "2025-02-17T10:00:00+09:00"
