"""``campaign load|check|show`` as others script against them."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from campaign.models import Campaign, Terms
from config.env import MovedClock
from tests.commands import refused, run, run_json, stored
from tests.factories.campaign import (
    AT,
    FIRST_FILE,
    CampaignFactory,
    TermsFactory,
    file_bytes,
    file_values,
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


FIRST: dict[str, Any] = {
    **file_values(),
    "state": "unpublished",
    "version": 1,
    "published_at": None,
    "draft_version": 1,
}


def test_load_prints_the_terms() -> None:
    assert run_json("campaign", "load", FIRST_FILE) == {**FIRST, "changed": True}
    assert Terms.objects.get().campaign.code == CODE


def test_load_again_reports_it_and_exits_with_0() -> None:
    assert run("campaign", "load", FIRST_FILE).stdout == f"Campaign {CODE}: loaded its terms.\n"
    before = stored()

    assert run_json("campaign", "load", FIRST_FILE)["changed"] is False
    assert run("campaign", "load", FIRST_FILE).stdout == (
        f"Campaign {CODE}: these terms are loaded already.\n"
    )
    assert stored() == before


def test_load_dry_run_shows_what_would_be_and_leaves_nothing() -> None:
    assert run_json("campaign", "load", FIRST_FILE, "--dry-run") == {**FIRST, "changed": True}
    assert run("campaign", "load", FIRST_FILE, "--dry-run").stdout == (
        f"Campaign {CODE}: would load its terms.\n"
    )
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"budget_points": "many"}, "budget_points: must be a whole number of at most "),
        ({"budget_points": 0}, "budget_points must be from 1 to "),
        ({"travel_last": "2025-02-30"}, "travel_last: "),
        ({"travel_last": "2024-12-01"}, "travel_first must not be after travel_last."),
        ({"colour": "red"}, "colour: no such field."),
    ],
)
def test_load_of_a_broken_file_names_field_and_rule(
    file: Path, changed: dict[str, Any], sentence: str
) -> None:
    assert refused("campaign", "load", write(file, **changed)).startswith(sentence)
    assert not Campaign.objects.exists()


def test_load_of_no_file_reports_it(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.json"

    assert refused("campaign", "load", missing) == f"{missing}: No such file or directory."


def test_load_over_published_terms_points_to_the_revision(file: Path) -> None:
    CampaignFactory.create(code=CODE, published=True)

    sentence = refused("campaign", "load", write(file, edge="partial"))

    assert sentence.endswith("change them with: campaign revise.")


def test_show_prints_the_terms_and_the_state() -> None:
    run("campaign", "load", FIRST_FILE)

    assert run_json("campaign", "show", CODE) == FIRST


def test_show_prints_instants_with_japan_s_offset() -> None:
    CampaignFactory.create(code=CODE, redrafted=True)

    shown = run_json("campaign", "show", CODE)

    assert shown["published_at"] == AT.isoformat() == "2024-12-02T09:00:00+09:00"
    assert (shown["state"], shown["version"], shown["draft_version"]) == ("before", 1, 2)


@pytest.mark.parametrize(
    ("instant", "state"),
    [
        ("2024-12-10T11:59:59.999999+09:00", "before"),
        ("2024-12-10T12:00:00+09:00", "open"),
        ("2025-01-13T23:59:59.999999+09:00", "open"),
        ("2025-01-14T00:00:00+09:00", "closed"),
    ],
)
def test_show_follows_the_clock(settings: Settings, instant: str, state: str) -> None:
    CampaignFactory.create(code=CODE, published=True)
    settings.CAMPAIGN_NOW = MovedClock(AT.fromisoformat(instant), runs=False)

    assert run_json("campaign", "show", CODE)["state"] == state


def test_show_is_readable() -> None:
    campaign = CampaignFactory.create(code=CODE)
    TermsFactory.create(campaign=campaign, published=True, kinds_free=[])

    lines = run("campaign", "show", CODE).stdout.splitlines()

    assert len(lines) == len(FIRST)
    assert lines[:5] == [
        "code                012025121203",
        "state               before",
        "version             1",
        "published_at        2024-12-02T09:00:00+09:00",
        "draft_version       -",
    ]
    assert "kinds_excluded      corporate, smart_ex_overseas" in lines
    assert "kinds_free          none" in lines
    assert "budget_points       100000000" in lines


def test_check_of_lawful_terms() -> None:
    CampaignFactory.create(code=CODE, draft=True)

    assert run_json("campaign", "check", CODE) == {"ok": True, "findings": []}
    assert run("campaign", "check", CODE).stdout == f"Campaign {CODE}: nothing to mend.\n"


def test_check_names_every_finding_and_fails() -> None:
    campaign = CampaignFactory.create(code=CODE)
    TermsFactory.create(campaign=campaign, reward_cap_points=100_001, expected_sales_yen=1)

    plain, reported = run("campaign", "check", CODE), run("campaign", "check", CODE, "--json")

    prize = "reward_cap_points: one prize may be at most 100,000 yen here."
    share = "budget_points: all prizes may be at most 2 percent of expected sales."
    assert (plain.code, plain.stdout, plain.reason) == (1, "", f"{prize}\n{share}")
    assert reported.code == 1
    assert reported.data == {
        "error": f"{prize}\n{share}",
        "ok": False,
        "findings": [
            {"code": "prize_too_large", "message": prize},
            {"code": "prizes_above_share_of_sales", "message": share},
        ],
    }


def test_json_is_written_as_it_is_read() -> None:
    """Japanese stays Japanese, for a person may read the object as well."""
    ended = run("campaign", "load", FIRST_FILE, "--json")

    assert "年末年始！" in ended.stdout
    assert json.loads(ended.stdout)["name_ja"].startswith("年末年始！")
