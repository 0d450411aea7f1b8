"""Every finding has its runbook, and what a runbook says to type exists."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from portal.findings import PLACES
from tests.outside import ROOT

FOLDER = ROOT / "docs/runbooks"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
BLOCK = re.compile(r"^ *```\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
RUN = re.compile(r"docker compose run --rm (?:--volume \S+ )?commands python manage\.py (.+)")
OTHERS = re.compile(r"docker compose (ps|up --detach|stop|exec|logs --since \w+) ([a-z ]+)")
HEADINGS = ("**Symptom.** ", "**What shows it.** ", "## Steps", "## Whom to call")
PLACEHOLDERS = {"ID": "1", "KEY": "0123456789abcdef" * 2}


def typed_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a page that are typed for Docker."""
    for block in BLOCK.findall(path.read_text()):
        for line in block.splitlines():
            if line.strip().startswith("docker"):
                yield line.strip()


def test_every_finding_has_a_runbook_and_no_other_has() -> None:
    assert {path.stem for path in PAGES} == set(PLACES)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.stem))
def test_a_runbook_has_its_parts(path: Path) -> None:
    text = path.read_text()

    assert f"Finding of `status`: `{path.stem}`." in text
    assert [text.count(heading) for heading in HEADINGS] == [1] * len(HEADINGS)
    assert f"]({path.name})" in (FOLDER / "README.md").read_text()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.stem))
def test_what_is_typed_exists(path: Path) -> None:
    """Each command with its options as its own parser reads them, and each container."""
    for line in typed_lines(path):
        if found := RUN.fullmatch(line.split(" > ")[0]):
            name, *words = [PLACEHOLDERS.get(word, word) for word in shlex.split(found[1])]
            command = load_command_class(str(get_commands()[name]), name)
            command.create_parser("manage.py", name).parse_args(words)
        else:
            found = OTHERS.match(line)
            assert found, line
            names = found[2].split(" psql ")[0].split()
            assert set(names) <= SERVICES.keys(), line
