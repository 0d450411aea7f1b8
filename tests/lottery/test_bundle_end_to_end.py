"""From feed files to a bundle that an outsider accepts, and nobody can alter."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pytest_django import Settings

from campaign.rewards import lots_of, rewards_of, shares_of
from config.env import MovedClock
from lottery.models import Award, Draw, Entrant
from tests import commands
from tests.entries.feedfiles import (
    CODE,
    entry_row,
    membership_row,
    write_entries,
    write_memberships,
)
from tests.factories.campaign import CampaignFactory, UserFactory
from tests.factories.lottery import confirm
from tests.feedfiles import Row, booking_row, write_feed_file
from tests.lottery.reference import canonical, sha, ticket_of
from tests.lottery.verifying import Bundle, assert_refused, flipped, verify

pytestmark = pytest.mark.django_db
MINIMUM, CAP = 5_000, 20_000
ONE_PRIZE: list[dict[str, Any]] = [{}]
# Lots, one in some, a pool, facts, minima of their own; the budget ends in the last but one.
TIERS: list[dict[str, Any]] = [
    {"take": "winners", "take_count": 2, "kind": "fixed", "points": 9_000}
    | {"minimum_total_yen": 20_000},
    {"take": "one_in", "take_count": 3, "percent": 10, "cap": 1_000}
    | {"cap_if": [{"when": ["e5489"], "cap": 1_500}]},
    {"kind": "fixed", "points": 500},
    {"kind": "pool", "points": 4_000, "cap": 300, "beside": True},
]
LOTS: dict[str, Any] = {
    "lots_yen": 5_000,
    "lots_most": 4,
    "lots_times": [{"when": ["e5489"], "times": 2}],
}
FACTS = ["e5489"]  # of every ride below
MEMBERS = 60
LOADS = datetime.fromisoformat("2025-01-14T03:00:00+09:00")
FREEZES = datetime.fromisoformat("2025-01-14T12:00:00.25+09:00")
ROUND_AT = "2025-01-17T12:00:00+09:00"
DRAWS = datetime.fromisoformat(ROUND_AT) + timedelta(minutes=1)
STEPS = {
    "manifest.json": [1],
    "manifest.sig": [1],
    "terms.json": [3],
    "verify_draw.py": [3],
    "entries.bin": [4],
    "round.json": [6],
    "result.json": [6, 7, 10],
    "winners.csv": [8, 9, 10],
}


run_json = partial(commands.run_json, may_warn=True)


def rides(random: Random) -> dict[str, list[int]]:
    """Return what each member paid for rides that count."""
    amounts = (0, 1, 2_500, 4_999, 5_000, 9_410, 19_999, 20_000, 31_000)
    return {
        f"W{number:03}": random.choices(amounts, k=random.randrange(4)) for number in range(MEMBERS)
    }


def events(paid: dict[str, list[int]]) -> list[Row]:
    """Return each ride as it was booked, and used."""
    rows: list[Row] = []
    for wester_id, amounts in paid.items():
        for number, amount in enumerate(amounts):
            row = booking_row(
                wester_id=wester_id, reservation_no=f"R{wester_id}-{number}", amount_yen=str(amount)
            )
            used = {"event_type": "used", "occurred_at": "2024-12-30T20:00:00+09:00"}
            rows += [row | {"event_id": f"{wester_id}-{number}"}]
            rows += [row | used | {"event_id": f"{wester_id}-{number}-used"}]
    return rows


def load(folder: Path, paid: dict[str, list[int]], entered: list[str], left: list[str]) -> None:
    """Deliver everything as feed files, and load it."""
    write_feed_file(folder, events(paid))
    write_entries(folder, [entry_row(wester_id=wester_id) for wester_id in entered])
    gone = {"status": "withdrawn", "changed_at": "2025-01-05T10:00:00Z"}
    write_memberships(folder, [membership_row(wester_id=one) | gone for one in left])
    files = run_json("load_feeds", folder)["files"]
    assert [file["status"] for file in files] == ["loaded"] * 3
    assert not any(file["quarantined"] for file in files)


class Organiser:
    """Who carries a draw out by the commands, two people for what needs two."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        settings.ALLOW_COMMAND_APPROVAL = True
        for role in ("campaign", "approver", "auditor"):
            UserFactory.create(username=role, role=role)

    def freeze(self) -> Any:
        """Freeze and publish the list; return what the freeze told."""
        self.settings.CAMPAIGN_NOW = MovedClock(FREEZES, runs=False)
        frozen = run_json("draw", "freeze", CODE, "--round-time", ROUND_AT, "--chain", "local")
        requested = run_json("draw", "publish", CODE, "--by", "campaign")
        run_json("approval", "approve", requested["approval"], "--by", "approver")
        return frozen

    def draw(self) -> Any:
        """Draw the winners once the round is there."""
        self.settings.CAMPAIGN_NOW = MovedClock(DRAWS, runs=False)
        return run_json("draw", "run", CODE)


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({"edge": "stop", "budget_points": 200_000}, id="stop"),
        pytest.param({"edge": "partial", "budget_points": 200_000}, id="partial"),
        pytest.param({"budget_points": 10_000_000}, id="a budget larger than all rewards"),
        pytest.param({"prizes": TIERS, **LOTS}, id="several prizes"),
        pytest.param({"prizes": TIERS, **LOTS, "budget_points": 40_000}, id="several, stop"),
        pytest.param(
            {"prizes": TIERS, **LOTS, "budget_points": 40_001, "edge": "partial"},
            id="several, partial",
        ),
    ],
)
def test_a_draw_over_feed_files_is_what_an_outsider_accepts(
    terms: dict[str, Any], tmp_path: Path, settings: Settings
) -> None:
    random = Random(20250114)
    settings.CAMPAIGN_NOW = MovedClock(LOADS, runs=False)
    campaign = CampaignFactory.create(
        code=CODE, published=True, **{f"first__{name}": value for name, value in terms.items()}
    )
    plan = campaign.terms.get().plan
    paid = rides(random)
    entered = random.sample(list(paid), 50)
    left = random.sample(entered, 4)
    feeds, bundle = tmp_path / "feeds", tmp_path / "bundle"
    feeds.mkdir()
    load(feeds, paid, entered, left)
    totals = {
        wester_id: sum(paid[wester_id])
        for wester_id in set(entered) - set(left)
        if sum(paid[wester_id]) >= MINIMUM
    }
    shares = shares_of(plan, sum(lots_of(plan, total, FACTS) for total in totals.values()))
    expected = {
        wester_id: (
            lots_of(plan, total, FACTS),
            [reward or 0 for reward in rewards_of(plan, total, FACTS, shares=shares)],
        )
        for wester_id, total in totals.items()
    }
    organiser = Organiser(settings)

    frozen = organiser.freeze()
    run_json("draw", "export", CODE, "--output", bundle)
    known = ["--manifest-sha256", frozen["manifest_sha256"]]
    assert frozen["entry_count"] == len(expected)
    assert frozen["lots_total"] == sum(lots for lots, _ in expected.values())
    assert verify(bundle, *known, "--before-draw").status == 0
    assert verify(bundle, *known).failed_step == 6

    drawn = organiser.draw()
    run_json("draw", "export", CODE, "--output", bundle)
    outcome = verify(bundle, *known)
    assert outcome.status == 0, outcome.lines
    assert run_json("draw", "run", CODE)["winners"] == drawn["winners"]
    assert drawn["winners"] == json.loads((bundle / "result.json").read_bytes())["winners"]
    confirm(Draw.objects.get())
    receipts = receipts_of(bundle, tmp_path, expected)
    assert {
        one: (receipt["lots"], receipt["rewards"]) for one, receipt in receipts.items()
    } == expected
    assert_same_winners(bundle, receipts, drawn)


def receipts_of(bundle: Path, folder: Path, expected: Iterable[str]) -> dict[str, Any]:
    """Return every entrant's receipt, each accepted by the outsider."""
    found, file = {}, folder / "receipt.json"
    for wester_id in expected:
        run_json("draw", "receipt", CODE, wester_id, "--by", "auditor", "--output", file)
        outcome = verify(bundle, "--receipt", file)
        assert outcome.status == 0, outcome.lines
        found[wester_id] = json.loads(file.read_bytes())
        assert canonical(found[wester_id]) == file.read_bytes()
    return found


def assert_same_winners(bundle: Path, receipts: dict[str, Any], drawn: Any) -> None:
    """Draw once more from the protocol's text: order, prizes, and what each winner gets."""
    manifest_bytes = (bundle / "manifest.json").read_bytes()
    manifest = json.loads(manifest_bytes)
    signature = bytes.fromhex(json.loads((bundle / "round.json").read_bytes())["signature"])
    drawn_by = manifest["beacon"]["round"].to_bytes(8, "big") + sha(signature)
    seed = sha(b"pointdraw/seed/v2\x00" + sha(manifest_bytes) + drawn_by)
    tickets = {
        one: ticket_of(seed, bytes.fromhex(receipt["pid"]), receipt["lots"])
        for one, receipt in receipts.items()
    }
    order = sorted(receipts, key=lambda one: (tickets[one][0], receipts[one]["pid"]))
    awards = give_prizes(manifest, [receipts[one]["rewards"] for one in order])
    kept = Award.objects.values_list("entrant__wester_id", "prize", "rank", "lot", "points")

    assert {(one, prize, rank): (lot, points) for one, prize, rank, lot, points in kept} == {
        (order[place], prize, place + 1): (tickets[order[place]][1], points)
        for prize, place, points in awards
    }
    for place, one in enumerate(order):
        won = {prize: points for prize, at, points in awards if at == place}
        assert receipts[one]["rank"] == place + 1
        assert receipts[one]["lot"] == tickets[one][1]
        assert receipts[one]["awards"] == [
            won.get(number, 0) for number, _ in enumerate(manifest["prizes"], 1)
        ]
    assert drawn["total_points"] == sum(points for _, _, points in awards)
    assert Entrant.objects.count() == len(receipts) > 20
    assert not any(
        one.encode() in file.read_bytes() for file in bundle.iterdir() for one in receipts
    )


def give_prizes(manifest: Any, rewards: list[list[int]]) -> list[tuple[int, int, int]]:
    """Return number of the prize, place in the order from 0, and points of each award."""
    awards: list[tuple[int, int, int]] = []
    for number, prize in enumerate(manifest["prizes"], 1):
        take, given = prize["take"], 0
        count = take.get("winners", len(rewards))
        if "one_in" in take:
            count = (manifest["eligible"][number - 1] + take["one_in"] - 1) // take["one_in"]
        for place, row in enumerate(rewards):
            has_won = any(at == place for _, at, _ in awards)
            if given == count or not row[number - 1] or (has_won and not prize["beside"]):
                continue
            left = manifest["budget_points"] - sum(points for _, _, points in awards)
            if row[number - 1] > left:
                is_partial = manifest["edge"] == "partial" and left
                return [*awards, (number, place, left)] if is_partial else awards
            awards.append((number, place, row[number - 1]))
            given += 1
    return awards


def test_an_altered_bundle_of_a_real_draw_is_refused(tmp_path: Path, settings: Settings) -> None:
    random = Random(7)
    settings.CAMPAIGN_NOW = MovedClock(LOADS, runs=False)
    CampaignFactory.create(code=CODE, published=True, first__budget_points=150_000)
    (tmp_path / "feeds").mkdir()
    paid = rides(random)
    load(tmp_path / "feeds", paid, list(paid), [])
    organiser = Organiser(settings)
    organiser.freeze()
    organiser.draw()
    folder = tmp_path / "bundle"
    run_json("draw", "export", CODE, "--output", folder)
    bundle = Bundle({file.name: file.read_bytes() for file in folder.iterdir()}, folder)

    assert verify(folder).status == 0
    assert bundle.files.keys() == STEPS.keys()
    for name, content in bundle.files.items():
        for position in random.sample(range(len(content)), 60):
            assert_refused(bundle.verify_with({name: flipped(content, position)}), *STEPS[name])
        (folder / name).unlink()
        assert_refused(verify(folder), STEPS[name][0])
        (folder / name).write_bytes(content)
    (folder / "more").touch()
    assert_refused(verify(folder), 3)
