"""``draw``: one JSON object, an exit code, one sentence; a dry run leaves nothing behind."""

from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from bookings.delivery import BOM
from campaign.models import Campaign
from config.env import MovedClock
from core.models import Approval, AuditRecord
from lottery import protocol
from lottery.models import Award, Draw, Entrant
from lottery.receipts import receipt_json
from tests import commands
from tests.factories.bookings import QuarantinedRowFactory
from tests.factories.campaign import UserFactory
from tests.factories.lottery import (
    CLOSED,
    FREEZES,
    PUBLISHES,
    ROUND,
    closed_campaign,
    confirmed_draw,
    drawn_draw,
    frozen_draw,
    published_draw,
    reread,
    void,
)
from tests.resources import full_disk

pytestmark = pytest.mark.django_db
LATER = ROUND + timedelta(hours=1)
AT_ROUND = ROUND.isoformat()
MODELS = (Draw, Entrant, Award, Approval, AuditRecord, Campaign)


run = partial(commands.run, "draw", may_warn=True)
answer = partial(commands.run_json, "draw", may_warn=True)
refused = partial(commands.refused, "draw")


def stored() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in MODELS]


@pytest.fixture
def now(settings: Settings) -> Any:
    """Return the function that sets the clock; it stands at the freeze."""

    def stand(instant: datetime) -> None:
        settings.CAMPAIGN_NOW = MovedClock(instant, runs=False)

    settings.ALLOW_COMMAND_APPROVAL = True
    settings.DEMO_MODE = True
    stand(FREEZES)
    return stand


@pytest.fixture
def staff() -> None:
    UserFactory.create(username="asking", role="campaign")
    UserFactory.create(username="deciding", role="approver")
    UserFactory.create(username="auditing", role="auditor")


def approve(requested: dict[str, Any]) -> None:
    words = ("approval", "approve", str(requested["approval"]), "--by", "deciding")
    call_command(*words, stdout=StringIO())


@pytest.mark.slow
def test_draw_from_the_freeze_to_the_verified_bundle(
    now: Any, staff: None, money: None, tmp_path: Path
) -> None:
    code = closed_campaign(budget_points=20_000).code
    assert answer("status", code) == {"code": code, "state": None, "draws": []}

    frozen = answer("freeze", code, "--round-time", AT_ROUND)
    assert answer("freeze", code, "--round-time", AT_ROUND) == frozen
    draw = Draw.objects.get()
    assert (frozen["state"], frozen["sequence"], frozen["entry_count"]) == ("frozen", 1, 3)
    assert (frozen["chain"], frozen["round_time"]) == ("local", AT_ROUND)
    assert frozen["manifest_sha256"] == bytes(draw.manifest_sha256).hex()
    now(PUBLISHES)
    approve(answer("publish", code, "--by", "asking"))
    assert answer("publish", code, "--by", "asking")["approval"] is None
    now(LATER)
    drawn = answer("run", code)
    assert drawn["state"] == "drawn"
    assert drawn["total_points"] + drawn["leftover_points"] == 20_000
    assert answer("run", code) == drawn
    approve(answer("confirm", code, "--by", "asking"))
    assert answer("confirm", code, "--by", "asking")["state"] == "confirmed"
    exported = answer("export", code, "--output", tmp_path / "bundle")
    assert len(exported["files"]) == 8
    receipt = tmp_path / "receipt.json"
    reported = answer("receipt", code, "W2", "--by", "auditing", "--output", receipt)
    assert reported["wester_id"] == "W2"
    assert receipt.read_bytes() == receipt_json(reread(draw), "W2")
    written = run("receipt", code, "W2", "--by", "auditing", "--output", receipt)
    assert (written.code, written.stdout) == (0, f"Wrote the receipt to {receipt}.\n")
    assert answer("verify", tmp_path / "bundle", "--receipt", receipt)["ok"] is True
    status = answer("status", code)
    assert (status["state"], status["winners"]) == ("confirmed", drawn["winners"])
    assert [row["sequence"] for row in status["draws"]] == [1]
    approve(answer("forget", code, "--by", "asking"))
    assert answer("forget", code, "--by", "asking")["approval"] is None


def test_void_and_successor_stand_in_the_status(now: Any, staff: None, money: None) -> None:
    draw = published_draw()
    code = draw.campaign.code
    now(PUBLISHES)
    approve(answer("void", code, "--reason", "A load was missing.", "--by", "asking"))

    answer("freeze", code, "--round-time", (ROUND + timedelta(days=1)).isoformat())

    status = answer("status", code)
    rows = [(row["sequence"], row["state"], row["void_reason"]) for row in status["draws"]]
    assert rows == [(1, "void", "A load was missing."), (2, "frozen", "")]
    assert (status["state"], status["sequence"]) == ("frozen", 2)


def test_freeze_waits_for_quicknet_outside_the_demo(now: Any, settings: Settings) -> None:
    settings.DEMO_MODE, settings.CAMPAIGN_NOW = False, MovedClock(FREEZES, runs=False)
    code = closed_campaign().code

    assert answer("freeze", code, "--round-time", AT_ROUND)["chain"] == "quicknet"
    assert "--fetch" in refused("run", code, code=2)


def test_freeze_uses_the_chain_that_is_given(now: Any) -> None:
    code = closed_campaign().code
    words = ("freeze", code, "--round-time", AT_ROUND, "--chain", "quicknet")

    assert answer(*words)["chain"] == "quicknet"


def test_freeze_warns_of_rows_that_the_list_does_not_know(now: Any) -> None:
    code = closed_campaign().code
    for feed in ("entries", "memberships", "credit_results"):
        QuarantinedRowFactory.create(file__feed=feed)
    words = ("freeze", code, "--round-time", AT_ROUND)
    expected = [
        f"Rows of {feed} in quarantine, which do not count: 1."
        for feed in ("entries", "memberships")
    ]

    assert answer(*words, "--dry-run")["warnings"] == expected
    assert answer(*words)["warnings"] == expected
    assert Draw.objects.get().entry_count == 3


@pytest.mark.parametrize("instant", ["tomorrow", "2025-01-17T12:00:00", "1737082800", ""])
def test_freeze_needs_an_instant_with_its_offset(now: Any, instant: str) -> None:
    sentence = refused("freeze", closed_campaign().code, "--round-time", instant, code=2)
    assert "with its offset" in sentence


def test_verbs_refuse_with_one_sentence(now: Any, staff: None, money: None) -> None:
    code = closed_campaign().code
    assert "no draw yet" in refused("run", code)
    assert "no campaign with this code" in refused("status", "unknown")
    now(CLOSED - timedelta(seconds=1))
    assert "has not ended" in refused("freeze", code, "--round-time", AT_ROUND)
    now(FREEZES)
    answer("freeze", code, "--round-time", AT_ROUND)
    assert "not void" in refused("freeze", code, "--round-time", "2025-02-14T12:00:00+09:00")
    assert "time of the round has not come" in refused("run", code)
    assert "no draw of this number" in refused("export", code, "--sequence", 2, "--output", "x")
    assert "not been run" in refused("confirm", code, "--by", "asking")
    now(ROUND - timedelta(seconds=1))
    assert "had to be published by" in refused("publish", code, "--by", "asking")
    assert "Only the role" in refused("receipt", code, "W1", "--by", "asking")
    assert "not published" in refused("receipt", code, "W1", "--by", "auditing")
    now(LATER)
    assert "--to-void" in refused("run", code)
    assert "run it first" in refused("void", code, "--reason", "x", "--by", "asking")
    assert answer("run", code, "--to-void")["state"] == "drawn"
    assert "only be void" in refused("confirm", code, "--by", "asking")


def test_run_by_a_file_of_the_local_chain(now: Any, tmp_path: Path) -> None:
    draw = published_draw()
    code, file = draw.campaign.code, tmp_path / "round.json"
    assert "has not come" in refused("local_round", code, "--output", file)
    now(LATER)
    assert answer("local_round", code, "--output", file)["round"] == draw.round
    assert refused("run", code, "--round", tmp_path / "none.json").endswith(
        "No such file or directory."
    )
    (tmp_path / "bad.json").write_text("{}")
    assert "cannot be read" in refused("run", code, "--round", tmp_path / "bad.json")
    assert "no relays" in refused("run", code, "--fetch", code=2)
    saved = tmp_path / "saved.json"
    saved.write_bytes(BOM + file.read_bytes())  # as editors write it
    assert answer("run", code, "--round", saved, "--dry-run")["state"] == "drawn"

    assert answer("run", code, "--round", file)["state"] == "drawn"
    assert bytes(reread(draw).round_json or b"") == file.read_bytes()


def dry(*words: object) -> None:
    """Expect a dry run to say what it would do, and to change nothing."""
    before = stored()
    answer(*words, "--dry-run")
    assert stored() == before


def test_dry_runs_change_nothing(now: Any, staff: None, money: None) -> None:
    dry("freeze", closed_campaign().code, "--round-time", AT_ROUND)
    dry("publish", frozen_draw({"W4": 5_000}).campaign.code, "--by", "asking")
    code = published_draw({"W5": 5_000}).campaign.code
    dry("void", code, "--reason", "x", "--by", "asking")
    now(LATER)
    dry("run", code)
    dry("confirm", drawn_draw({"W6": 5_000}).campaign.code, "--by", "asking")
    dry("forget", confirmed_draw({"W7": 5_000}).campaign.code, "--by", "asking")


def test_export_of_an_earlier_draw(now: Any, tmp_path: Path) -> None:
    first = void(published_draw())
    frozen_draw(campaign=first.campaign, round_time=ROUND + timedelta(days=1))

    words = ("export", first.campaign.code, "--output", tmp_path)
    assert answer(*words, "--sequence", "1")["state"] == "void"
    manifest = (tmp_path / "manifest.json").read_bytes()
    assert protocol.sha256(manifest) == bytes(first.manifest_sha256)


@pytest.mark.slow
def test_verify_says_no_with_exit_1(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")

    ended = run("verify", tmp_path, "--json")
    assert (ended.code, ended.data["ok"]) == (1, False)
    assert "refused the bundle" in ended.reason


def test_nothing_names_a_member(now: Any) -> None:
    code = drawn_draw({"W-secret": 5_000}).campaign.code

    for words in (("status", code), ("run", code)):
        ended = run(*words, "--json")
        assert "W-secret" not in ended.stdout


def test_a_full_disk_leaves_nothing_of_a_receipt(now: Any, staff: None, tmp_path: Path) -> None:
    code, receipt = published_draw({"W-secret": 5_000}).campaign.code, tmp_path / "receipt.json"
    words = ("receipt", code, "W-secret", "--by", "auditing", "--output", receipt)

    with full_disk(10):
        assert refused(*words).endswith("receipt.json: File too large.")
    assert list(tmp_path.iterdir()) == []

    answer(*words)
    assert receipt.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_what_an_earlier_export_wrote(now: Any, tmp_path: Path) -> None:
    words = ("export", published_draw().campaign.code, "--output", tmp_path)
    answer(*words)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    with full_disk(100):
        assert refused(*words).endswith("File too large.")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o644}


@pytest.mark.parametrize(
    ("role", "files"), [("ops", 8), ("approver", 8), ("auditor", 5), ("support", 5)]
)
def test_export_before_the_confirmation_has_the_result_for_who_may_read_it(
    now: Any, tmp_path: Path, role: str, files: int
) -> None:
    code = drawn_draw().campaign.code
    UserFactory.create(username="who-exports", role=role)

    exported = answer("export", code, "--output", tmp_path, "--by", "who-exports")

    assert len(exported["files"]) == len(list(tmp_path.iterdir())) == files
    assert ("winners.csv" in exported["files"]) is (files == 8)
