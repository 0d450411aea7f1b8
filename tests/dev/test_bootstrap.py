"""Building the environment: only where it is needed, and in words where it cannot be."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dev import bootstrap, debian
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


@pytest.mark.parametrize(
    ("name", "ours"), [("bootstrap.py", ["dev.debian"]), ("debian.py", [])], ids=["build", "debian"]
)
def test_the_file_needs_only_the_standard_library(name: str, ours: list[str]) -> None:
    tree = ast.parse((FILE.parent / name).read_text())
    names = [
        one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names
    ]
    names += [
        f"{node.module}.{one.name}" if node.module == "dev" else str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for one in node.names
    ]

    assert "subprocess" in names
    assert [one for one in names if one.split(".")[0] not in sys.stdlib_module_names] == ours


@pytest.fixture
def checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return a checkout of only a lock file; the steps leave files instead of an environment."""
    environment = tmp_path / ".venv"
    for name, value in {
        "ROOT": tmp_path,
        "LOCK_FILE": tmp_path / "requirements-dev.lock",
        "ENVIRONMENT": environment,
        "PYTHON": environment / "bin" / "python",
        "STAMP": environment / ".complete",
        "run": lambda *command: pretend(environment, command),
    }.items():
        monkeypatch.setattr(bootstrap, name, value)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    bootstrap.LOCK_FILE.write_text("django==5.2\n")
    return tmp_path


def pretend(environment: Path, command: tuple[object, ...]) -> None:
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


@pytest.mark.usefixtures("checkout")
def test_a_failed_step_ends_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_command: object) -> None:
        raise subprocess.CalledProcessError(7, ["python", "-m", "venv"])

    monkeypatch.setattr(bootstrap, "run", fail)

    with pytest.raises(SystemExit) as ended:
        bootstrap.main()

    assert ended.value.code == (
        "The environment could not be built: 'python -m venv' ended with 7."
    )


@pytest.mark.parametrize(
    ("works", "installers"),
    [
        pytest.param(True, ["uv", "uv"], id="only uv, where it is there"),
        pytest.param(False, ["uv", "venv", "pip"], id="pip, where uv fails"),
    ],
)
def test_uv_installs_where_it_is_there(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, works: bool, installers: list[str]
) -> None:
    used: list[str] = []

    def run(*command: object) -> None:
        used.append(next(name for name in ("uv", "pip", "venv") if name in command))
        if used == ["uv"] and not works:
            raise subprocess.CalledProcessError(2, "uv")
        pretend(checkout / ".venv", command)

    monkeypatch.setattr(shutil, "which", lambda name: name if name == "uv" else None)
    monkeypatch.setattr(bootstrap, "run", run)

    bootstrap.main()

    assert used == installers
    assert (checkout / ".venv" / "installed").exists()


@pytest.mark.usefixtures("checkout")
def test_a_folder_that_cannot_be_written_ends_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".venv.lock").mkdir()

    with pytest.raises(SystemExit, match=r"could not be built: .*Is a directory"):
        bootstrap.main()


def test_a_python_without_pip_asks_for_the_package_that_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bootstrap, "find_spec", lambda _name: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(SystemExit, match=r"install python3\.\d+-venv \(or pip\) and try again"):
        bootstrap.create_with_venv()


@pytest.mark.parametrize(
    ("user", "installs"), [pytest.param(0, True, id="root"), pytest.param(1000, False, id="others")]
)
def test_only_root_installs_debian_packages(
    monkeypatch: pytest.MonkeyPatch, user: int, installs: bool
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(shutil, "which", lambda _name: "/usr/bin/apt-get")
    monkeypatch.setattr(subprocess, "run", lambda command, **_: ran.append(command))

    debian.install("one", "other")

    assert [command[-2:] for command in ran[1:]] == [["one", "other"]] * installs


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
        pytest.param('quote\'s "and" $HOME `x`', id="characters of a shell"),
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
