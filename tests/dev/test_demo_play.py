"""Which demo a folder holds, and what is cleared away."""

from pathlib import Path

import pytest
from pytest_django import Settings

from core import clock
from dev.demo import play
from dev.demo.play import Play, begin, choose_play, feeds_of
from dev.demo.refusals import FeedsUnusable, OtherDemo
from tests.feedfiles import write_feed_file

pytestmark = pytest.mark.django_db
CODE = "012025121203"


def say_nothing(_text: str) -> None:
    """Tell nobody."""


@pytest.fixture
def cleared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note that the database would be cleared."""
    times: list[str] = []
    monkeypatch.setattr(play, "clear_database", lambda: times.append("cleared"))
    return times


def test_begin_in_a_new_folder_clears_nothing(tmp_path: Path, cleared: list[str]) -> None:
    assert begin(tmp_path / "demo", Play(100)) is False
    assert cleared == []


def test_begin_again_goes_on(tmp_path: Path, cleared: list[str]) -> None:
    begin(tmp_path / "demo", Play(100))
    (tmp_path / "demo" / "inbox").mkdir()

    assert begin(tmp_path / "demo", Play(100)) is False
    assert (tmp_path / "demo" / "inbox").exists()
    assert cleared == []


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Play(200), id="other members"),
        pytest.param(Play(0, feeds="/feeds"), id="feeds of a folder"),
        pytest.param(Play(100, version=0), id="samples of another version"),
    ],
)
def test_begin_another_play_clears_the_old_one_away(
    tmp_path: Path, cleared: list[str], other: Play
) -> None:
    begin(tmp_path / "demo", other)
    (tmp_path / "demo" / "inbox").mkdir()

    assert begin(tmp_path / "demo", Play(100)) is True
    assert not (tmp_path / "demo" / "inbox").exists()
    assert cleared == ["cleared"]


def test_begin_clears_the_database_of_a_demo_whose_folder_is_gone(
    tmp_path: Path, cleared: list[str], settings: Settings
) -> None:
    settings.DEMO_MODE = True
    clock.move_demo_clock(to=clock.now())

    assert begin(tmp_path / "demo", Play(100)) is True
    assert cleared == ["cleared"]


def test_a_database_that_is_not_the_demo_s_own_is_never_cleared(
    tmp_path: Path, settings: Settings
) -> None:
    settings.EMBEDDED_DATABASE = False
    begin(tmp_path / "demo", Play(100))

    with pytest.raises(OtherDemo, match="name an empty one in DATABASE_URL"):
        begin(tmp_path / "demo", Play(200))
    assert begin(tmp_path / "demo", Play(100)) is False


def test_choose_play_takes_a_folder_of_feed_files(tmp_path: Path) -> None:
    write_feed_file(tmp_path)

    assert choose_play(members=100, feeds=str(tmp_path)) == Play(0, feeds=str(tmp_path))
    assert choose_play(members=100, feeds="") == Play(100)


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_choose_play_refuses_a_folder_without_any(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(FeedsUnusable, match="no folder of feed files"):
        choose_play(members=100, feeds=str(tmp_path / name))


def test_feeds_of_makes_the_samples_once(tmp_path: Path) -> None:
    first = feeds_of(tmp_path, Play(5), campaign=CODE, say=say_nothing)
    made = {path.name: path.stat().st_mtime_ns for path in first.iterdir()}

    again = feeds_of(tmp_path, Play(5), campaign=CODE, say=say_nothing)

    assert made
    assert {path.name: path.stat().st_mtime_ns for path in again.iterdir()} == made


def test_feeds_of_a_folder_are_left_where_they_are(tmp_path: Path) -> None:
    write_feed_file(tmp_path)

    assert (
        feeds_of(tmp_path / "demo", Play(0, feeds=str(tmp_path)), campaign=CODE, say=say_nothing)
        == tmp_path
    )
