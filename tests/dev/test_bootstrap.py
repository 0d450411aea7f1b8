"""Building the environment: only where it is needed, and in words where it cannot be."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dev import bootstrap
from tests.outside import ROOT, environment, run_python

FILE = ROOT / "dev" / "bootstrap.py"
RUN_AS_OLD = "import runpy, sys; sys.version_info = {version}; runpy.run_path({file!r})"


@pytest.mark.parametrize(
    ("version", "name"),
    [
        pytest.param((3, 6, 9, "final", 0), "3.6", id="long ago"),
        pytest.param((3, 10, 99, "final", 0), "3.10", id="the last that is too old"),
    ],
)
def test_an_old_python_is_told_so_in_one_sentence(version: tuple[object, ...], name: str) -> None:
    done = run_python("-c", RUN_AS_OLD.format(version=version, file=str(FILE)))

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Dodonto needs Python 3.11 or newer; this is Python {name}. "
        "Name another one: make PYTHON=/path/to/python3.11 ...\n"
    )


def test_the_first_python_that_is_new_enough_goes_on() -> None:
    script = RUN_AS_OLD.format(version=(3, 11, 0, "final", 0), file=str(FILE))

    assert run_python("-c", script).returncode == 0


def test_an_old_python_can_read_the_file_as_far_as_the_sentence() -> None:
    ast.parse(FILE.read_text(), feature_version=(3, 6))


def test_the_file_needs_nothing_but_the_standard_library() -> None:
    names = re.findall(r"^(?:from|import) (\w+)", FILE.read_text(), re.MULTILINE)

    assert "subprocess" in names
    assert set(names) <= sys.stdlib_module_names


@pytest.fixture
def checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Have a checkout of nothing but a lock file, and steps that only leave a mark."""
    environment = tmp_path / ".venv"
    for name, value in {
        "ROOT": tmp_path,
        "LOCK_FILE": tmp_path / "requirements-dev.lock",
        "ENVIRONMENT": environment,
        "PYTHON": environment / "bin" / "python",
        "STAMP": environment / ".complete",
        "run": lambda command: pretend(environment, command),
    }.items():
        monkeypatch.setattr(bootstrap, name, value)
    bootstrap.LOCK_FILE.write_text("django==5.2\n")
    return tmp_path


def pretend(environment: Path, command: list[object]) -> None:
    if "venv" in command:
        (environment / "bin").mkdir(parents=True)
        (environment / "bin" / "python").write_text("")
    if "install" in command:
        (environment / "installed").write_text("")


def test_main_builds_once(checkout: Path) -> None:
    bootstrap.main()
    assert (checkout / ".venv" / "installed").exists()
    (checkout / ".venv" / "installed").unlink()

    bootstrap.main()

    assert not (checkout / ".venv" / "installed").exists()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda root: (root / "requirements-dev.lock").write_text("django==5.3\n"),
            id="other packages are locked",
        ),
        pytest.param(
            lambda root: (root / ".venv" / ".complete").unlink(), id="the building was killed"
        ),
        pytest.param(
            lambda root: (root / ".venv" / ".complete").write_text("half"),
            id="the building was killed at its last step",
        ),
        pytest.param(
            lambda root: (root / ".venv" / "bin" / "python").unlink(), id="its Python is gone"
        ),
    ],
)
def test_main_builds_anew_where(checkout: Path, change: Callable[[Path], object]) -> None:
    bootstrap.main()
    (checkout / ".venv" / "left over").write_text("")
    change(checkout)

    bootstrap.main()

    assert not (checkout / ".venv" / "left over").exists()
    assert (checkout / ".venv" / "installed").exists()


@pytest.mark.usefixtures("checkout")
def test_fingerprint_depends_on_the_interpreter_and_the_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = bootstrap.fingerprint()
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", tmp_path / "moved" / ".venv")
    moved = bootstrap.fingerprint()
    monkeypatch.setattr(sys, "version", "another")

    assert len({before, moved, bootstrap.fingerprint()}) == 3


def test_a_failed_step_ends_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit) as ended:
        bootstrap.run([sys.executable, "-c", "raise SystemExit(7)"])

    assert ended.value.code == (
        f"The environment could not be built: '{sys.executable} -c raise SystemExit(7)' "
        "ended with 7."
    )


@pytest.mark.usefixtures("checkout")
def test_a_folder_that_cannot_be_written_ends_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".venv.lock").mkdir()

    with pytest.raises(SystemExit, match=r"could not be built: .*Is a directory"):
        bootstrap.main()


def test_a_python_without_pip_asks_for_the_package_that_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(SystemExit, match=r"install python3\.\d+-venv \(or pip\) and try again"):
        bootstrap.create()


@pytest.mark.slow
def test_make_without_python_says_so() -> None:
    done = subprocess.run(
        ["make", "env", "PYTHON=no-such-python"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
    )

    assert done.returncode == 2
    assert "no-such-python is not installed: Dodonto needs Python 3.11 or newer." in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("plain", id="plain"),
        pytest.param("two  spaces", id="spaces"),
        pytest.param('quote\'s "and" $HOME `x`', id="signs of a shell"),
        pytest.param("日本語", id="Japanese"),
    ],
)
def test_make_works_from_anywhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "Makefile").write_text((ROOT / "Makefile").read_text())

    for words in (["-C", str(folder)], ["-f", str(folder / "Makefile")]):
        done = subprocess.run(
            ["make", "--no-print-directory", *words, "help"],
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment(),
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "Start everything and serve the site" in done.stdout
