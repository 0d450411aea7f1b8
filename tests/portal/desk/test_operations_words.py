"""No page of staff names a command to type, and every code of a feed has its words."""

import re

import pytest
from django.core.management import get_commands, load_command_class

from bookings import words
from bookings.delivery import FileRefused
from bookings.values import ROW_REASONS
from core.commands import VerbCommand
from entries.feeds import FEEDS
from points.definitions import CREDIT_RESULTS
from points.models import KeyStanding
from points.queries import COUNTS
from points.words import AWARDS
from portal.desk.operations.words import KEY_CLASSES
from tests.outside import ROOT
from tests.test_translations import in_code

OWN = ("bookings", "campaign", "core", "entries", "lottery", "points")
# What only commands and the public pages of the draw show.
SHOWN_ELSEWHERE = ("core/staff_access.py", "core/staff_setup.py", "lottery/auditing.py")
ORDINARY_WORDS = {"touches", "aggregate", "explain", "points expire", "draw void"}
PUBLIC = "templates/lottery/_verify.html"


def names_of_commands() -> set[str]:
    """Return what people type: each command, those with verbs as ``draw run``."""
    names: set[str] = set()
    for name, app in get_commands().items():
        if app in OWN:
            command = load_command_class(app, name)
            verbs = getattr(command, "verbs", {}) if isinstance(command, VerbCommand) else {}
            names |= {f"{name} {verb}" for verb in verbs} or {name}
    return names


def naming_pattern() -> re.Pattern[str]:
    """Return the pattern of what names a command, an option or the program itself."""
    typed = sorted(names_of_commands() - ORDINARY_WORDS)
    return re.compile(rf"\b(?:{'|'.join(typed)})\b|manage\.py|(?<![\w-])--[a-z]")


def test_no_text_of_a_page_names_a_command() -> None:
    pattern = naming_pattern()
    found = {
        (place, text)
        for message in in_code()
        for text in ([message.id] if isinstance(message.id, str) else message.id)
        if text and pattern.search(text)
        for place, _line in message.locations
        if "/management/" not in place and place not in (*SHOWN_ELSEWHERE, PUBLIC)
    }
    assert found == set()


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Use: payout run.", True),
        ("It takes --to-void.", True),
        ("Run manage.py migrate.", True),
        ("This draw has not been run yet.", False),
        ("one - two -- three", False),
    ],
)
def test_what_names_a_command(text: str, is_one: bool) -> None:
    assert bool(naming_pattern().search(text)) is is_one


def test_every_code_has_its_words() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "bookings").glob("*.py"))
    refusals = set(re.findall(rf'{FileRefused.__name__}\(\s*"(\w+)"', sources))
    assert set(words.ROW_REASONS) == set(ROW_REASONS)
    assert refusals <= set(words.FILE_REASONS)
    assert set(words.FEEDS) == {*FEEDS, CREDIT_RESULTS.name}
    assert set(KEY_CLASSES) == set(KeyStanding.Class)
    assert set(AWARDS) == set(COUNTS)
