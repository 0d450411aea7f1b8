"""``campaign load|check|show`` as others script against them."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from campaign.models import Campaign, Terms
from config.env import MovedClock
from tests.campaign.files import as_bytes, changed, full_values
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
HIDDEN = [{"when": ["e5489"], "times": 2}, {"when": ["e5489", "ticketless"], "times": 3}]


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
    ("place", "value", "sentence"),
    [
        ("budget_points", "many", "budget_points: must be a whole number from 1 to "),
        ("bookings.travel[0].last", "2025-02-30", "bookings.travel[0].last: is no day of the "),
        ("prizes[0].reward.colour", "red", "prizes[0].reward.colour: no such field; allowed "),
    ],
)
def test_load_of_a_broken_file_names_place_and_rule(
    file: Path, place: str, value: Any, sentence: str
) -> None:
    file.write_bytes(as_bytes(changed(place, value, file_values())))

    assert refused("campaign", "load", file).startswith(sentence)
    assert not Campaign.objects.exists()


def test_load_of_a_file_of_the_first_version_shows_the_way(file: Path) -> None:
    file.write_bytes(as_bytes({"code": CODE, "travel_first": "2024-12-26", "policy": "stop"}))

    assert refused("campaign", "load", file).startswith("This file is of the first version, ")


def test_load_of_no_file_reports_it(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.json"

    assert refused("campaign", "load", missing) == f"{missing}: No such file or directory."


def test_load_over_published_terms_points_to_the_revision(file: Path) -> None:
    CampaignFactory.create(code=CODE, published=True)

    sentence = refused("campaign", "load", write(file, edge="partial"))

    assert sentence.endswith("Use: campaign revise.")


@pytest.mark.parametrize("values", [file_values(), full_values()], ids=["first", "full"])
def test_show_gives_back_a_file_that_loads_to_no_change(file: Path, values: Any) -> None:
    file.write_bytes(as_bytes(values))
    run("campaign", "load", file)
    before = stored()

    shown = run("campaign", "show", values["code"], "--json").stdout

    assert json.dumps(json.loads(shown)) == json.dumps(values)
    file.write_text(shown)
    assert run_json("campaign", "load", file)["changed"] is False
    assert stored() == before


def test_show_of_what_is_published_loads_to_no_change(file: Path) -> None:
    CampaignFactory.create(code=CODE, redrafted=True)
    before = stored()

    file.write_text(run("campaign", "show", CODE, "--json").stdout)

    assert json.loads(file.read_text())["schema"] == "campaign/2"
    assert run_json("campaign", "load", file)["changed"] is False
    assert stored() == before


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

    assert f"state                         {state}\n" in run("campaign", "show", CODE).stdout


def test_show_is_readable() -> None:
    campaign = CampaignFactory.create(code=CODE)
    TermsFactory.create(campaign=campaign, published=True, kinds_free=[])

    lines = run("campaign", "show", CODE).stdout.splitlines()

    assert lines[:6] == [
        "state                         before",
        "version                       1",
        "published_at                  2024-12-02T09:00:00+09:00",
        "draft_version                 -",
        "schema                        campaign/2",
        "code                          012025121203",
    ]
    assert "bookings.kinds_excluded       corporate, smart_ex_overseas" in lines
    assert "bookings.kinds_free           none" in lines
    assert "bookings.touches[0].operator  JR West" in lines
    assert "budget_points                 100000000" in lines
    assert "prizes[0].take.all            yes" in lines
    assert "prizes[0].reward.cap          20000" in lines
    assert "lots.times                    none" in lines


def test_check_of_lawful_terms() -> None:
    CampaignFactory.create(code=CODE, draft=True)

    assert run_json("campaign", "check", CODE) == {"ok": True, "findings": []}
    assert run("campaign", "check", CODE).stdout == f"Campaign {CODE}: nothing to mend.\n"


def test_check_names_every_finding_and_fails() -> None:
    campaign = CampaignFactory.create(code=CODE)
    TermsFactory.create(campaign=campaign, cap=100_001, lots_times=HIDDEN)

    plain, reported = run("campaign", "check", CODE), run("campaign", "check", CODE, "--json")

    hidden = "This never applies: lots.times[0] fits first."
    prize = (
        "The largest reward, 100,001 points, is above what the prize law allows here: "
        "100,000 yen for one prize of a lottery."
    )
    text = f"Warning: lots.times[1].when: {hidden}\nprizes[0].reward.cap: {prize}"
    assert (plain.code, plain.stdout, plain.reason) == (1, "", text)
    assert reported.code == 1
    assert reported.data == {
        "error": text,
        "ok": False,
        "findings": [
            {
                "code": "hidden_when",
                "field": "lots.times[1].when",
                "sentence": hidden,
                "message": f"lots.times[1].when: {hidden}",
                "refuses": False,
            },
            {
                "code": "prize_too_large",
                "field": "prizes[0].reward.cap",
                "sentence": prize,
                "message": f"prizes[0].reward.cap: {prize}",
                "refuses": True,
            },
        ],
    }


def test_check_that_only_warns_is_passed() -> None:
    campaign = CampaignFactory.create(code=CODE)
    TermsFactory.create(campaign=campaign, lots_times=HIDDEN)

    assert run("campaign", "check", CODE).stdout == (
        "Warning: lots.times[1].when: This never applies: lots.times[0] fits first.\n"
    )
    reported = run_json("campaign", "check", CODE)
    assert (reported["ok"], [one["refuses"] for one in reported["findings"]]) == (True, [False])


def test_json_is_written_as_it_is_read() -> None:
    """Japanese stays Japanese, for a person may read the object as well."""
    ended = run("campaign", "load", FIRST_FILE, "--json")

    assert "年末年始！" in ended.stdout
    assert json.loads(ended.stdout)["name"]["ja"].startswith("年末年始！")
