"""Which scenario a folder has, and what is deleted for another one."""

import gzip
import json
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from core import clock
from dev.demo import scenario
from dev.demo.refusals import FeedsUnusable, OtherDemo, UnknownDemoCampaign
from dev.demo.scenario import (
    Scenario,
    choose_scenario,
    make_missing_feeds,
    resume_or_clear,
)
from dev.demo.shipped import read_shipped, shipped_codes, to_file
from tests.feedfiles import write_feed_file

pytestmark = pytest.mark.django_db


def report_nothing(_text: str) -> None:
    """Print nothing."""


@pytest.fixture
def cleared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note that the database would be cleared."""
    times: list[str] = []
    monkeypatch.setattr(scenario, "clear_database", lambda: times.append("cleared"))
    return times


def test_resume_or_clear_in_a_new_folder_clears_nothing(tmp_path: Path, cleared: list[str]) -> None:
    assert resume_or_clear(tmp_path / "demo", Scenario(100)) is False
    assert cleared == []


def test_resume_or_clear_resumes_the_same_scenario(tmp_path: Path, cleared: list[str]) -> None:
    resume_or_clear(tmp_path / "demo", Scenario(100))
    (tmp_path / "demo" / "inbox").mkdir()

    assert resume_or_clear(tmp_path / "demo", Scenario(100)) is False
    assert (tmp_path / "demo" / "inbox").exists()
    assert cleared == []


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Scenario(200), id="other members"),
        pytest.param(Scenario(100, campaign="june-2025"), id="another campaign"),
        pytest.param(Scenario(0, feeds="/feeds"), id="feeds of a folder"),
        pytest.param(Scenario(100, version=0), id="samples of another version"),
    ],
)
def test_resume_or_clear_deletes_another_scenario(
    tmp_path: Path, cleared: list[str], other: Scenario
) -> None:
    resume_or_clear(tmp_path / "demo", other)
    (tmp_path / "demo" / "inbox").mkdir()

    assert resume_or_clear(tmp_path / "demo", Scenario(100)) is True
    assert not (tmp_path / "demo" / "inbox").exists()
    assert cleared == ["cleared"]


def test_resume_or_clear_clears_the_database_of_a_demo_whose_folder_is_gone(
    tmp_path: Path, cleared: list[str], settings: Settings
) -> None:
    settings.DEMO_MODE = True
    clock.move_demo_clock(to=clock.now())

    assert resume_or_clear(tmp_path / "demo", Scenario(100)) is True
    assert cleared == ["cleared"]


def test_a_database_that_is_not_the_demo_s_own_is_never_cleared(
    tmp_path: Path, settings: Settings
) -> None:
    settings.EMBEDDED_DATABASE = False
    resume_or_clear(tmp_path / "demo", Scenario(100))

    with pytest.raises(OtherDemo, match="name an empty one in DATABASE_URL"):
        resume_or_clear(tmp_path / "demo", Scenario(200))
    assert resume_or_clear(tmp_path / "demo", Scenario(100)) is False


def test_choose_scenario_takes_a_folder_of_feed_files(tmp_path: Path) -> None:
    write_feed_file(tmp_path)

    assert choose_scenario(members=100, feeds=str(tmp_path)) == Scenario(0, feeds=str(tmp_path))
    assert choose_scenario(members=100, feeds="") == Scenario(100)


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_choose_scenario_refuses_a_folder_without_any(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(FeedsUnusable, match="no folder of feed files"):
        choose_scenario(members=100, feeds=str(tmp_path / name))


def test_make_missing_feeds_makes_the_samples_once(tmp_path: Path) -> None:
    first = make_missing_feeds(tmp_path, Scenario(5), report=report_nothing)
    made = {path.name: path.stat().st_mtime_ns for path in first.iterdir()}

    again = make_missing_feeds(tmp_path, Scenario(5), report=report_nothing)

    assert made
    assert {path.name: path.stat().st_mtime_ns for path in again.iterdir()} == made


def test_make_missing_feeds_of_a_folder_are_left_where_they_are(tmp_path: Path) -> None:
    write_feed_file(tmp_path)

    assert (
        make_missing_feeds(
            tmp_path / "demo",
            Scenario(0, feeds=str(tmp_path)),
            report=report_nothing,
        )
        == tmp_path
    )


def test_choose_scenario_refuses_a_campaign_that_does_not_ship() -> None:
    with pytest.raises(UnknownDemoCampaign, match=r"These do: 012025121203, june-2025, "):
        choose_scenario(members=100, feeds="", campaign="nobody-knows")


@pytest.mark.parametrize("code", shipped_codes())
def test_the_samples_of_every_campaign_that_ships_enter_in_its_period(
    tmp_path: Path, code: str
) -> None:
    terms = to_file(read_shipped(code)).terms
    feeds = make_missing_feeds(tmp_path, Scenario(60, campaign=code), report=report_nothing)
    entered = [row.split(",") for file in feeds.glob("entries-*") for row in rows_of(file)]
    times = [datetime.fromisoformat(row[2]) for row in entered if row[1] == code]
    web = json.loads((feeds / "web_entries.json").read_text())
    times += [datetime.fromisoformat(at) for at, _who in web]
    ends = [at for at in times if not terms["opens_at"] <= at < terms["closes_at"]]
    assert len(times) > 10
    assert len(ends) <= (code == "012025121203")  # one on purpose


def rows_of(file: Path) -> list[str]:
    """Return the rows of a feed file; of a manifest none."""
    if file.suffix == ".json":
        return []
    content = file.read_bytes()
    text = (gzip.decompress(content) if file.suffix == ".gz" else content).decode("utf-8")
    return text.splitlines()[1:]
