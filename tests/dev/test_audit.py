"""The audit of the locked packages: what it finds it says, and a skip is never a pass."""

import json
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.env import ROOT
from dev import audit

BAD = {"name": "django", "version": "3.2", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}
GOOD = {"name": "attrs", "version": "26.1.0", "vulns": []}
Answer = tuple[int, str]
KNOWS_BAD: Answer = (1, json.dumps({"dependencies": [BAD]}))
Play = Callable[[Answer, Answer], list[list[str]]]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Play:
    """Let pip-audit answer for the version that is known to be bad, and for the lock file."""

    def answer_so(known_bad: Answer, runtime: Answer) -> list[list[str]]:
        calls: list[list[str]] = []

        def run(words: list[Any], **_: Any) -> Any:
            calls.append([str(word) for word in words])
            is_lock = calls[-1][-1] == str(ROOT / "requirements.lock")
            status, text = runtime if is_lock else known_bad
            return subprocess.CompletedProcess(words, status, text, "what pip-audit said")

        monkeypatch.setattr(subprocess, "run", run)
        return calls

    monkeypatch.setattr(audit, "state_folder", lambda: tmp_path)
    monkeypatch.setattr(audit, "build_environment", lambda folder: folder / "bin")
    monkeypatch.setattr(audit, "write_sbom", lambda *_: None)
    (tmp_path / "audit").mkdir()
    return answer_so


def test_lock_without_a_known_vulnerability_passes(
    play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = play(KNOWS_BAD, (0, json.dumps({"dependencies": [GOOD]})))

    assert audit.main([]) == 0

    assert capsys.readouterr().out == "Audited: no known vulnerability.\n"
    assert all("--strict" in call for call in calls)
    assert "--require-hashes" in calls[-1]


def test_known_vulnerability_fails_by_its_name(
    play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    play(KNOWS_BAD, (1, json.dumps({"dependencies": [GOOD, {**BAD, "version": "5.2"}]})))

    assert audit.main([]) == 1

    said = capsys.readouterr()
    assert said.err.startswith("Known vulnerabilities: django 5.2 (PYSEC-1, PYSEC-2).\n")
    assert said.out == ""


@pytest.mark.parametrize(
    "known_bad",
    [
        pytest.param((1, ""), id="the service is not reached"),
        pytest.param((2, "Traceback"), id="the tool breaks"),
        pytest.param(
            (0, json.dumps({"dependencies": [{**BAD, "vulns": []}]})),
            id="a mirror that knows nothing",
        ),
        pytest.param((0, "{}"), id="an answer without packages"),
    ],
)
def test_service_that_knows_nothing_is_a_skip_that_says_so(
    known_bad: Answer, play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = play(known_bad, (0, json.dumps({"dependencies": [GOOD]})))

    assert audit.main([]) == 0

    assert capsys.readouterr().out.startswith("NOT AUDITED: the service ")
    assert len(calls) == 1


def test_package_that_is_skipped_fails(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    play(KNOWS_BAD, (1, ""))  # --strict: one package could not be audited

    assert audit.main([]) == 1

    assert capsys.readouterr().err == "The audit failed.\nwhat pip-audit said\n"


def test_tools_that_cannot_be_installed_are_one_sentence(
    play: Play, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Path) -> Path:
        raise subprocess.CalledProcessError(2, "uv")

    monkeypatch.setattr(audit, "build_environment", fail)

    assert audit.main([]) == 1
    assert capsys.readouterr().err.startswith("The audit could not be prepared: ")
    assert audit.main(["now"]) == 2


def test_tools_are_installed_once_for_a_lock_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[list[str]] = []

    def run(*words: object) -> None:
        calls.append([str(word) for word in words])
        (tmp_path / "tools").mkdir(exist_ok=True)

    monkeypatch.setattr(audit, "run", run)
    for _ in range(2):
        assert audit.build_environment(tmp_path / "tools") == tmp_path / "tools" / "bin"
    assert len(calls) == 2
    assert {"--require-hashes", str(ROOT / "requirements-audit.lock")} <= set(calls[1])

    (tmp_path / "tools" / ".complete").write_text("half")
    audit.build_environment(tmp_path / "tools")
    assert len(calls) == 4


def test_sbom_is_made_of_the_runtime_lock(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sbom.json"

    def run(*words: object) -> None:
        assert str(words[0]).endswith("cyclonedx-py")
        assert words[-1] == ROOT / "requirements.lock"
        assert "--output-reproducible" in words
        file.write_text('{"components": [{}, {}]}')

    monkeypatch.setattr(audit, "run", run)

    audit.write_sbom(tmp_path, file)

    assert capsys.readouterr().out == f"Wrote {file}: 2 packages.\n"


def test_tools_are_locked_apart_from_the_program() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    locks = {
        name: (ROOT / name).read_text() for name in ("requirements.lock", "requirements-audit.lock")
    }

    for tool in ("pip-audit", "cyclonedx-bom"):
        assert any(one.startswith(tool) for one in groups["audit"])
        assert f"\n{tool}==" in locks["requirements-audit.lock"]
        assert f"{tool}==" not in locks["requirements.lock"]
