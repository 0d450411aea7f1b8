"""A browser for the tests: found, installed where allowed, or one sentence that says what."""

from pathlib import Path

import pytest

from dev import browser, debian


@pytest.fixture
def empty_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder of the path, empty."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BROWSER_TESTS", raising=False)
    return tmp_path


def put(folder: Path, name: str) -> Path:
    """Put a program on the path."""
    program = folder / name
    program.touch(mode=0o755)
    return program


@pytest.mark.parametrize("name", browser.NAMES)
def test_a_browser_is_found_by_its_usual_names(empty_path: Path, name: str) -> None:
    program = put(empty_path, name)
    assert browser.find_chromium() == program


def test_without_a_browser_the_sentence_names_what_to_install(
    empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "install", lambda *_packages: None)
    with pytest.raises(
        SystemExit, match="install the packages chromium-headless-shell and fonts-noto-cjk"
    ):
        browser.main()


def test_a_run_without_a_browser_prints_what_is_left_out(
    empty_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BROWSER_TESTS", "0")
    browser.main()
    assert capsys.readouterr().err.startswith("BROWSER_TESTS=0:")


def test_main_looks_again_after_installing(
    empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "has_japanese_font", lambda: False)
    monkeypatch.setattr(debian, "install", lambda *_packages: put(empty_path, "chromium"))

    browser.main()


def test_nothing_is_installed_where_all_is_there(
    empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(empty_path, "chromium")
    monkeypatch.setattr(browser, "has_japanese_font", lambda: True)
    monkeypatch.setattr(debian, "install", lambda *_packages: pytest.fail("installed"))

    browser.main()
