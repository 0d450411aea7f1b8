"""``campaign publish|revise`` as others script against them."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from config.env import MovedClock
from core.audit import machine_user
from core.models import Approval, AuditRecord
from tests.commands import refused, run, run_json, stored
from tests.factories.campaign import (
    AT,
    FIRST_FILE,
    CampaignFactory,
    UserFactory,
    file_bytes,
)

pytestmark = pytest.mark.django_db


CODE = "012025121203"


@pytest.fixture(autouse=True)
def _on_the_second_of_december(settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(AT, runs=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a place for a campaign file."""
    return tmp_path / "campaign.json"


def write(file: Path, **changed: Any) -> Path:
    """Write the first campaign with some fields changed."""
    file.write_bytes(file_bytes(**changed))
    return file


def test_publish_opens_an_approval() -> None:
    CampaignFactory.create(code=CODE, draft=True)
    person = UserFactory.create(username="hanako", role="campaign")

    data = run_json("campaign", "publish", CODE, "--by", "hanako")

    approval = Approval.objects.get()
    assert data == {
        "code": CODE,
        "approval": approval.pk,
        "content_sha256": approval.content_sha256,
    }
    assert (approval.action, approval.state) == ("campaign.publish", "open")
    assert (approval.requested_by, approval.requested_at) == (person, AT)
    record = AuditRecord.objects.get()
    assert (record.user, record.os_user, record.at) == (person, machine_user(), AT)
    assert record.host


@pytest.mark.parametrize(
    ("by_command", "step"),
    [
        (True, "runs: approval approve {} --by USER"),
        (False, "signs in at /staff/approvals/{}/ and approves it there (承認して実行する)"),
    ],
)
def test_publish_again_is_the_same_approval_and_names_the_next_step(
    settings: Settings, by_command: bool, step: str
) -> None:
    settings.ALLOW_COMMAND_APPROVAL = by_command
    CampaignFactory.create(code=CODE, draft=True)
    UserFactory.create(username="hanako", role="campaign")
    first = run_json("campaign", "publish", CODE, "--by", "hanako")
    before = stored()

    assert run_json("campaign", "publish", CODE, "--by", "hanako") == first
    assert run("campaign", "publish", CODE, "--by", "hanako").stdout == (
        f"Campaign {CODE}: asked for approval {first['approval']}; another person "
        f"{step.format(first['approval'])}\n"
    )
    assert stored() == before


def test_publish_of_what_is_published_is_done() -> None:
    CampaignFactory.create(code=CODE, published=True)
    UserFactory.create(username="hanako", role="campaign")

    assert run_json("campaign", "publish", CODE, "--by", "hanako") == {
        "code": CODE,
        "approval": None,
    }
    assert run("campaign", "publish", CODE, "--by", "hanako").stdout == (
        f"Campaign {CODE} is published already.\n"
    )


def test_revise_opens_an_approval(file: Path) -> None:
    CampaignFactory.create(code=CODE, published=True)
    UserFactory.create(username="hanako", role="campaign")
    words = ("campaign", "revise", CODE, write(file, edge="partial"), "--by", "hanako")

    data = run_json(*words)

    approval = Approval.objects.get()
    assert (data["approval"], data["code"]) == (approval.pk, CODE)
    assert (approval.action, approval.content["edge"]) == ("campaign.revise", "partial")
    assert "draft_version                 2\n" in run("campaign", "show", CODE).stdout
    before = stored()
    assert run_json(*words) == data
    assert stored() == before


def test_revise_to_what_is_in_force_is_done() -> None:
    CampaignFactory.create(code=CODE, published=True)
    UserFactory.create(username="hanako", role="campaign")

    ended = run("campaign", "revise", CODE, FIRST_FILE, "--by", "hanako")

    assert (ended.code, ended.stdout) == (0, f"Campaign {CODE}: these terms are in force.\n")
    assert not Approval.objects.exists()


@pytest.mark.parametrize("verb", ["publish", "revise"])
def test_dry_run_of_a_request_leaves_no_trace(file: Path, verb: str) -> None:
    CampaignFactory.create(code=CODE, **{"draft" if verb == "publish" else "published": True})
    UserFactory.create(username="hanako", role="campaign")
    words = ["campaign", verb, CODE, *([write(file, edge="partial")] if verb == "revise" else [])]
    before = stored()

    assert run_json(*words, "--by", "hanako", "--dry-run") == {"code": CODE, "approval": None}
    assert run(*words, "--by", "hanako", "--dry-run").stdout == (
        f"Campaign {CODE}: would ask for approval.\n"
    )
    assert stored() == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["publish", CODE, "--by", "nobody"], "There is no active staff user with this name"),
        (["publish", CODE, "--by", "member"], "There is no active staff user with this name"),
        (["publish", CODE, "--by", "approver"], "Only the role"),
        (["publish", "none", "--by", "hanako"], "There is no campaign with this code."),
        (["revise", CODE, FIRST_FILE, "--by", "hanako"], "This campaign is not published yet"),
        (["revise", "none", FIRST_FILE, "--by", "hanako"], "There is no campaign with this code."),
        (["revise", CODE, "/nowhere", "--by", "hanako"], "/nowhere: No such file"),
        (["show", "none"], f"There is no campaign with this code. Known codes: {CODE}."),
        (["show", "\udcff"], f"There is no campaign with this code. Known codes: {CODE}."),
        (["check", "none"], "There is no campaign with this code."),
    ],
)
def test_refusals_are_one_sentence(words: list[str], sentence: str) -> None:
    CampaignFactory.create(code=CODE, draft=True)
    UserFactory.create(username="hanako", role="campaign")
    UserFactory.create(username="approver", role="approver")
    UserFactory.create(username="member")
    before = stored()

    assert refused("campaign", *words).startswith(sentence)
    assert stored() == before


def test_refusal_of_a_revision_after_the_freeze(file: Path) -> None:
    CampaignFactory.create(code=CODE, published=True, frozen_at=AT)
    UserFactory.create(username="hanako", role="campaign")
    before = stored()

    sentence = refused("campaign", "revise", CODE, write(file, edge="partial"), "--by", "hanako")

    assert sentence.startswith("The entrants are frozen for the draw")
    assert stored() == before
