"""From feed files to a bundle that an outsider accepts, and nobody can alter."""

import json
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pytest_django import Settings

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
    ("policy", "budget"),
    [
        pytest.param("stop", 200_000, id="stop"),
        pytest.param("partial", 200_000, id="partial"),
        pytest.param("stop", 10_000_000, id="a budget larger than all rewards"),
    ],
)
def test_a_draw_over_feed_files_is_what_an_outsider_accepts(
    policy: str, budget: int, tmp_path: Path, settings: Settings
) -> None:
    random = Random(20250114)
    settings.CAMPAIGN_NOW = MovedClock(LOADS, runs=False)
    CampaignFactory.create(
        code=CODE, published=True, first__policy=policy, first__budget_points=budget
    )
    paid = rides(random)
    entered = random.sample(list(paid), 50)
    left = random.sample(entered, 4)
    feeds, bundle = tmp_path / "feeds", tmp_path / "bundle"
    feeds.mkdir()
    load(feeds, paid, entered, left)
    expected = {
        wester_id: min(sum(paid[wester_id]), CAP)
        for wester_id in set(entered) - set(left)
        if sum(paid[wester_id]) >= MINIMUM
    }
    organiser = Organiser(settings)

    frozen = organiser.freeze()
    run_json("draw", "export", CODE, "--output", bundle)
    known = ["--manifest-sha256", frozen["manifest_sha256"]]
    assert frozen["entry_count"] == len(expected)
    assert verify(bundle, *known, "--before-draw").status == 0
    assert verify(bundle, *known).failed_step == 6

    drawn = organiser.draw()
    run_json("draw", "export", CODE, "--output", bundle)
    outcome = verify(bundle, *known)
    assert outcome.status == 0, outcome.lines
    assert run_json("draw", "run", CODE)["winners"] == drawn["winners"]
    confirm(Draw.objects.get())
    assert_same_winners(bundle, receipts_of(bundle, tmp_path, expected), drawn, expected)


def receipts_of(bundle: Path, folder: Path, expected: dict[str, int]) -> dict[str, Any]:
    """Return every entrant's receipt, each accepted by the outsider."""
    found, file = {}, folder / "receipt.json"
    for wester_id in expected:
        run_json("draw", "receipt", CODE, wester_id, "--by", "auditor", "--output", file)
        outcome = verify(bundle, "--receipt", file)
        assert outcome.status == 0, outcome.lines
        found[wester_id] = json.loads(file.read_bytes())
        assert canonical(found[wester_id]) == file.read_bytes()
    return found


def assert_same_winners(
    bundle: Path, receipts: dict[str, Any], drawn: Any, expected: dict[str, int]
) -> None:
    """Draw once more from the protocol's text: order, cut, and what each winner gets."""
    manifest_bytes = (bundle / "manifest.json").read_bytes()
    manifest = json.loads(manifest_bytes)
    signature = bytes.fromhex(json.loads((bundle / "round.json").read_bytes())["signature"])
    assert {one: receipt["reward"] for one, receipt in receipts.items()} == expected
    drawn_by = manifest["beacon"]["round"].to_bytes(8, "big") + sha(signature)
    seed = sha(b"pointdraw/seed/v1\x00" + sha(manifest_bytes) + drawn_by)
    order = sorted(
        expected,
        key=lambda one: (
            ticket_of(seed, bytes.fromhex(receipts[one]["pid"])),
            receipts[one]["pid"],
        ),
    )
    left, awards = manifest["budget"], {}
    for rank, one in enumerate(order, 1):
        if expected[one] > left:
            if manifest["policy"] == "partial" and left:
                awards[one] = (rank, left)
                left = 0
            break
        awards[one], left = (rank, expected[one]), left - expected[one]
    kept = Award.objects.values_list("entrant__wester_id", "rank", "points")

    assert {one: (rank, points) for one, rank, points in kept} == awards
    assert {
        one: (receipt["rank"], receipt["award"])
        for one, receipt in receipts.items()
        if receipt["rank"]
    } == awards
    assert drawn["total_points"] == sum(points for _, points in awards.values())
    assert Entrant.objects.count() == len(expected) == len(receipts) > 20
    assert not any(
        one.encode() in file.read_bytes() for file in bundle.iterdir() for one in expected
    )


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
