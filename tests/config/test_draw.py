"""The keys of the draw come from the environment, or from the folder of this checkout."""

import subprocess
from pathlib import Path

import pytest
from environs import EnvValidationError

from config.draw import read_draw
from tests.outside import PRODUCTION, run_python

ONE, OTHER = "01" * 32, "02" * 32
READ = "from django.conf import settings; print(settings.DRAW_MIN_GAP_S)"


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DRAW_KEY", "DRAW_SIGNING_KEY", "DRAW_MIN_GAP_S"):
        monkeypatch.delenv(name, raising=False)


def test_local_keys_are_made_once_and_differ(tmp_path: Path) -> None:
    first, second = read_draw(state=tmp_path), read_draw(state=tmp_path)

    assert first == second
    assert first.may_serve
    assert (len(first.key), len(first.signing_key)) == (32, 32)
    assert read_draw(state=tmp_path / "other").key != first.key
    assert (tmp_path / "draw_key").stat().st_mode & 0o077 == 0


def test_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAW_KEY", ONE)
    monkeypatch.setenv("DRAW_SIGNING_KEY", OTHER)

    found = read_draw(state=tmp_path)

    assert (found.key.hex(), found.signing_key.hex()) == (ONE, OTHER)
    assert ONE not in repr(found)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("key", "signing_key", "may_serve"),
    [
        pytest.param(ONE, OTHER, True, id="two keys"),
        pytest.param(ONE, ONE, False, id="one key for both"),
        pytest.param(ONE, "", False, id="nothing to sign with"),
        pytest.param("", OTHER, False, id="nothing to encrypt under"),
    ],
)
def test_production_has_no_keys_of_its_own(
    key: str, signing_key: str, may_serve: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRAW_KEY", key)
    monkeypatch.setenv("DRAW_SIGNING_KEY", signing_key)

    assert read_draw(state=None).may_serve is may_serve


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("01" * 31, id="too short"),
        pytest.param("01" * 33, id="too long"),
        pytest.param("AB" * 32, id="upper case"),
        pytest.param("x" * 64, id="no hex"),
    ],
)
def test_unfit_key_is_named_and_not_shown(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAW_KEY", text)

    with pytest.raises(EnvValidationError, match="DRAW_KEY") as failure:
        read_draw(state=None)
    assert text not in str(failure.value)


def test_former_keys_differ_from_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "keys").write_text(f"{'03' * 32}\n{ONE}\n")
    monkeypatch.setenv("DRAW_KEY_FILE", str(tmp_path / "keys"))
    monkeypatch.setenv("DRAW_SIGNING_KEY", OTHER)
    found = read_draw(state=None)

    assert (found.key.hex(), [key.hex() for key in found.former_keys]) == ("03" * 32, [ONE])
    assert found.may_serve
    assert ONE not in repr(found)

    monkeypatch.setenv("DRAW_SIGNING_KEY", ONE)
    assert not read_draw(state=None).may_serve


def test_gap_is_a_day_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_draw(state=None).min_gap_s == 86_400
    monkeypatch.setenv("DRAW_MIN_GAP_S", "60")
    assert read_draw(state=None).min_gap_s == 60


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({"DEMO_MODE": "1", "DRAW_MIN_GAP_S": "60"}, "60", id="in the demo"),
        pytest.param({"DRAW_MIN_GAP_S": "86401"}, "86401", id="more than a day"),
        pytest.param({}, "86400", id="nothing"),
    ],
)
def test_gap_that_is_used(variables: dict[str, str], expected: str, tmp_path: Path) -> None:
    done = run_settings(tmp_path, **variables)

    assert (done.returncode, done.stdout.strip()) == (0, expected), done.stderr


@pytest.mark.slow
def test_shorter_gap_is_refused_outside_the_demo(tmp_path: Path) -> None:
    for variables in ({}, PRODUCTION):
        done = run_settings(tmp_path, **{**variables, "DRAW_MIN_GAP_S": "86399"})
        assert done.returncode == 1
        assert "only where DEMO_MODE=1" in done.stderr


def run_settings(folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = {"DJANGO_SETTINGS_MODULE": "dev.settings", "LOCAL_STATE_DIR": str(folder)}
    return run_python("-c", READ, **{**environment, **variables})
