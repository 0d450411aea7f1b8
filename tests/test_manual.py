"""The manual is true: every rule, test and command that it names is there, and none is left out."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from campaign.models import Terms
from campaign.rules import RULES, rules_of
from campaign.termsfile import read_campaign_file, write_campaign_file
from core.commands import VerbCommand
from entries.rules import MEMBER_RULES
from tests.bench.__main__ import MODULES
from tests.bench.registry import BENCHMARKS
from tests.campaign.test_rules import E5489_CASES, EX_CASES, TERMS_CASES
from tests.outside import ROOT

DOCS = ROOT / "docs"
RULES_PAGE = (DOCS / "rules.md").read_text()
OPERATIONS = (DOCS / "operations.md").read_text()
CELL = re.compile(r"\s*\|\s*")
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
SHIPPED = sorted((ROOT / "campaign/data").glob("*.json"))
TERMS_OF_EVERY_CAMPAIGN = {
    *("opens_at", "closes_at", "public_at", "entry_needed", "credit_at", "expires_on"),
    *("kept_until", "minimum_total_yen", "lots", "budget_points", "edge", "prizes"),
    "expected_sales_yen",
}
PAGES = sorted(DOCS.glob("**/*.md"))


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading, without its head."""
    section = RULES_PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [CELL.split(line.strip("| ")) for line in lines[2:]]


def test_the_page_of_rules_has_every_rule_of_a_booking_in_its_order_with_its_clause() -> None:
    reported = [
        (code.strip("`"), term.strip("`"), clause) for code, term, clause, *_ in rows("Bookings")
    ]

    assert reported == [(rule.code, rule.term, rule.clause) for rule in RULES]


def test_the_page_of_rules_has_every_rule_of_a_member_with_its_clause() -> None:
    reported = [(code.strip("`"), clause) for code, clause, _ in rows("Members")]

    assert reported == [(rule.code, rule.clause) for rule in MEMBER_RULES]


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_the_page_of_rules_names_a_case_that_is_rejected_and_one_that_counts(code: str) -> None:
    cases = {str(case.id): case.values[-1] for case in [*E5489_CASES, *EX_CASES, *TERMS_CASES]}
    rejected, counts = next(row[3:] for row in rows("Bookings") if row[0] == f"`{code}`")

    assert code in cases[rejected]  # type: ignore[operator]  # the cases' last value: their reasons
    assert cases[counts] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.stem))
def test_the_page_of_rules_has_every_term_and_rule_of_a_campaign_that_ships(path: Path) -> None:
    file = read_campaign_file(path.read_bytes())
    (section,) = (one for one in RULES_PAGE.split("\n## ") if f"`campaign/data/{path.name}`" in one)
    given = {name for name, value in write_campaign_file(file)["bookings"].items() if value}
    terms = {f"bookings.{name}" for name in given} | TERMS_OF_EVERY_CAMPAIGN
    codes = {rule.code for rule in rules_of(Terms(**file.terms))} | {"not_entered", "withdrawn"}

    assert {one for one in terms | codes if f"`{one}`" not in section} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    missing = [
        f"{file}::{name}"
        for file, name in TEST.findall(page.read_text())
        if not (ROOT / file).exists() or (name and f"def {name}(" not in (ROOT / file).read_text())
    ]

    assert missing == []


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *PAGES], ids=lambda page: str(page.relative_to(ROOT))
)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = [
        target
        for target in LINK.findall(page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert broken == []


def test_the_page_of_speed_has_every_benchmark_and_no_other() -> None:
    for module in MODULES:
        import_module(module)
    section = (DOCS / "performance.md").read_text().split("## What is measured")[1]

    reported = re.findall(r"^\| `(\w+)`", section.split("\n## ")[0], re.MULTILINE)
    assert sorted(reported) == sorted(BENCHMARKS)


def our_verbs() -> set[str]:
    apps = {"portal", "points", "lottery", "entries", "campaign", "bookings", "core", "dev"}
    found = set()
    for name, app in get_commands().items():
        if app not in apps:
            continue
        command = load_command_class(str(app), name)
        verbs = command.verbs if isinstance(command, VerbCommand) else [""]
        found |= {f"{name} {verb}".strip() for verb in verbs}
    return found


def test_the_manual_of_operations_has_every_command_and_no_other() -> None:
    commands = OPERATIONS.split("\n## Commands\n", 1)[1].split("\n## ", 1)[0]
    reported = set(re.findall(r"^\| `((?:[a-z_]+ ?)+)", commands, re.MULTILINE))

    assert {one.strip() for one in reported} == our_verbs()
