"""Every source that the code names is a section of a contract in this repository."""

import re
from pathlib import Path

import pytest

from tests.outside import ROOT

APPS = ("points", "lottery", "entries", "campaign", "bookings", "core", "portal", "config", "dev")
BLOCK = re.compile(r"Source:\s+((?:(?!\"\"\"|\n\s*\n).)+)", re.DOTALL)
REFERENCE = re.compile(r"docs/specs/([a-z-]+\.md)((?:(?:,| to)? \d+(?:\.\d+)*)+)")
# What others have published, by its own name.
ELSEWHERE = re.compile(
    r"RFC \d+|OpenID Connect (?:Core|Discovery)|bookings/data/network/README\.md"
)
HEADING = re.compile(r"^#{2,} (\d+(?:\.\d+)*) ", re.MULTILINE)


def sources() -> dict[str, str]:
    """Return what stands after each ``Source:``, by its place."""
    return {
        f"{file.relative_to(ROOT)}, {number}": " ".join(block.split())
        for app in APPS
        for file in sorted((ROOT / app).rglob("*.py"))
        for number, block in enumerate(BLOCK.findall(file.read_text()), start=1)
    }


def sections(name: str) -> set[str]:
    """Return the numbers of a contract's sections."""
    return set(HEADING.findall((ROOT / "docs" / "specs" / name).read_text()))


@pytest.mark.parametrize("place", sources())
def test_a_source_is_a_section_that_there_is(place: str) -> None:
    text = sources()[place]
    named = [
        (file, number)
        for file, numbers in REFERENCE.findall(text)
        for number in re.findall(r"\d+(?:\.\d+)*", numbers)
    ]

    assert named or ELSEWHERE.search(text), text
    assert [(file, number) for file, number in named if number not in sections(file)] == []


def test_every_contract_is_somebodys_source() -> None:
    files = {path.name for path in (ROOT / "docs" / "specs").glob("*.md")} - {"README.md"}
    named = {file for text in sources().values() for file, _numbers in REFERENCE.findall(text)}

    assert files - named == {"interfaces.md"}


def test_the_contracts_number_each_section_once() -> None:
    for path in Path(ROOT, "docs", "specs").glob("*.md"):
        numbers = HEADING.findall(path.read_text())
        assert len(numbers) == len(set(numbers)), path.name
