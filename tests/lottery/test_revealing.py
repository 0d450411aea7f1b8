"""An auditor gets K by an approval for each file, and checks the list with it."""

import hashlib
import json
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from config.env import MovedClock
from core.approvals import NotPermitted
from core.models import AuditRecord
from lottery import revealing
from lottery.models import Draw
from lottery.refusals import KeysErased
from tests import commands
from tests.approving import person
from tests.database import trigger_off
from tests.factories.campaign import UserFactory
from tests.factories.lottery import FREEZES, confirmed_draw, frozen_draw, reread
from tests.guards import sql

pytestmark = pytest.mark.django_db
LATER = FREEZES + timedelta(days=4)
answer = partial(commands.run_json, "draw")
refused = partial(commands.refused, "draw")
PLAN: dict[str, Any] = {
    "prizes": [{}, {"kind": "pool", "points": 60, "beside": True}],
    "lots_yen": 5_000,
    "lots_most": 4,
}


@pytest.fixture(autouse=True)
def staff(settings: Settings) -> None:
    settings.ALLOW_COMMAND_APPROVAL = True
    settings.DEMO_MODE = True
    settings.CAMPAIGN_NOW = MovedClock(LATER, runs=False)
    UserFactory.create(username="asking", role="auditor")
    UserFactory.create(username="also asking", role="campaign")
    UserFactory.create(username="deciding", role="approver")


def reveal(draw: Draw, file: Path, by: str = "asking") -> dict[str, Any]:
    """Run the command and return its report."""
    found: dict[str, Any] = answer("reveal", draw.campaign.code, "--output", file, "--by", by)
    return found


def approve(requested: dict[str, Any]) -> None:
    words = ("approval", "approve", str(requested["approval"]), "--by", "deciding")
    call_command(*words, stdout=StringIO())


def revealed(draw: Draw, file: Path) -> Path:
    """Write the key to a file, by an approved request."""
    approve(reveal(draw, file))
    reveal(draw, file)
    return file


def test_key_is_written_by_the_same_command_once_it_is_approved(tmp_path: Path) -> None:
    draw, file = frozen_draw(), tmp_path / "key"
    requested = reveal(draw, file)
    assert reveal(draw, file)["approval"] == requested["approval"]
    assert not file.exists()

    approve(requested)
    assert not file.exists()
    written = reveal(draw, file)

    assert (written["approval"], written["output"]) == (requested["approval"], str(file))
    key = bytes.fromhex(file.read_text())
    assert hashlib.sha256(key).hexdigest() == (json.loads(bytes(draw.manifest))["pid_key_sha256"])
    assert file.stat().st_mode & 0o777 == 0o600
    record = AuditRecord.objects.get(action="draw.reveal")
    assert (record.user and record.user.username, record.subject) == (
        "asking",
        f"{draw.campaign.code}/1",
    )
    assert key.hex() not in json.dumps(record.detail)


def test_every_file_needs_its_own_approval(tmp_path: Path) -> None:
    draw = frozen_draw()
    first = reveal(draw, tmp_path / "key")
    approve(first)

    assert reveal(draw, tmp_path / "other", by="also asking")["approval"] != first["approval"]
    assert not (tmp_path / "other").exists()
    reveal(draw, tmp_path / "key")
    assert reveal(draw, tmp_path / "again")["approval"] != first["approval"]
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


def test_a_file_that_cannot_be_written_uses_no_approval(tmp_path: Path) -> None:
    draw = frozen_draw()
    approve(reveal(draw, tmp_path / "key"))

    assert "No such file" in refused(
        "reveal", draw.campaign.code, "--output", tmp_path / "none/key", "--by", "asking"
    )
    assert not AuditRecord.objects.filter(action="draw.reveal").exists()
    reveal(draw, tmp_path / "key")
    assert (tmp_path / "key").exists()


def test_a_dry_run_writes_no_key(tmp_path: Path) -> None:
    draw, file = frozen_draw(), tmp_path / "key"
    approve(reveal(draw, file))

    answer("reveal", draw.campaign.code, "--output", file, "--by", "asking", "--dry-run")

    assert not file.exists()
    reveal(draw, file)
    assert file.exists()


def test_only_who_may_request_it_gets_the_key() -> None:
    with pytest.raises(NotPermitted):
        revealing.request_reveal(draw=frozen_draw(), actor=person("support"), at=LATER)


def test_erased_keys_are_not_revealed(tmp_path: Path) -> None:
    draw = confirmed_draw()
    requested = reveal(draw, tmp_path / "key")
    user = UserFactory.create()
    sql(
        "UPDATE lottery_draw SET pid_key = NULL, nonce_key = NULL, forgotten_at = drawn_at,"
        f" forgotten_by_id = {user.pk}"
    )

    with pytest.raises(KeysErased):
        revealing.content_to_reveal(f"{draw.campaign.code}/1")
    text = refused("reveal", draw.campaign.code, "--output", tmp_path / "key", "--by", "asking")
    assert "erased" in text
    assert requested["approval"]


def audit(draw: Draw, key: Path) -> list[tuple[Any, ...]]:
    """Return code, index and pid of the findings."""
    code = draw.campaign.code
    found = commands.run("draw", "audit", code, "--pid-key", key, "--json").data
    assert found["ok"] == (not found["findings"])
    return [(one["code"], one["index"], one["pid"]) for one in found["findings"]]


def test_audit_of_an_untouched_list_finds_nothing(tmp_path: Path) -> None:
    draw = frozen_draw(**PLAN)

    assert audit(draw, revealed(draw, tmp_path / "key")) == []


@pytest.mark.parametrize(
    ("setting", "codes"),
    [
        pytest.param("wester_id = 'W9'", {"pid", "commitment"}, id="another member"),
        pytest.param(
            "lots = lots + 1", {"lots", "commitment", "entries_hash", "counts"}, id="a lot"
        ),
        pytest.param("rewards[1] = 1", {"rewards", "commitment"}, id="a reward"),
        pytest.param("mask = 1", {"mask", "commitment", "entries_hash"}, id="a bit"),
        pytest.param("total_yen = 9_999", {"lots", "rewards"}, id="a total"),
        pytest.param("nonces = nonces || ''", set(), id="nothing"),
        pytest.param("commitment = sha256('x')", {"commitment", "entries_hash"}, id="a commitment"),
    ],
)
def test_audit_finds_what_was_changed(tmp_path: Path, setting: str, codes: set[str]) -> None:
    draw = frozen_draw(**PLAN)
    key = revealed(draw, tmp_path / "key")
    entrant = draw.entrants.get(wester_id="W2")
    with trigger_off("entrant_append_only"):
        sql(f"UPDATE lottery_entrant SET {setting} WHERE id = {entrant.pk}")

    findings = audit(reread(draw), key)

    assert {code for code, _, _ in findings} == codes
    place = (entrant.position, bytes(entrant.pid).hex())
    assert {(index, pid) for _, index, pid in findings if index is not None} <= {place}
    assert "W2" not in str(findings)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("00" * 32, "not the key of this draw", id="another key"),
        pytest.param("00" * 31, "64 hexadecimal digits", id="too short"),
        pytest.param("zz" * 32, "64 hexadecimal digits", id="no digits"),
        pytest.param(None, "No such file", id="no file"),
    ],
)
def test_audit_refuses_what_is_not_its_key(tmp_path: Path, content: str | None, words: str) -> None:
    draw, file = frozen_draw(), tmp_path / "key"
    if content is not None:
        file.write_text(content)

    assert words in refused("audit", draw.campaign.code, "--pid-key", file)
