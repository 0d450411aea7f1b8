"""Code and documents use the field's ordinary words: these do not come back."""

import re
from pathlib import Path

import pytest

from tests.outside import ROOT

FOLDERS = (
    *("core", "bookings", "campaign", "entries", "lottery", "points", "portal", "config", "dev"),
    *("docs", "tests"),
)
SUFFIXES = {".py", ".sql", ".md", ".toml"}
FILES = [
    *(ROOT / "README.md", ROOT / "CHANGELOG.md"),
    *(
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in SUFFIXES and path != Path(__file__)
    ),
]
# What is written instead.
WORDS = {
    r"\b(told|asked) (=|:=)|def (told|asked)\b": "a noun: report, request, printed",
    r"\b[Ss]ay whether|\b[Tt]ell whether": "return whether, check that",
    r"\b[Ww]hoever\b": "any user who, members who",
    r"\blapses?d?\b": "expire",
    r"\blet(s|ting)? go\b": "release",
    r"\bturn(s|ed)? away\b": "reject",
    r"\btake_back\b|\btakes? back\b": "reverse",
    r"\bkeep_keys\b|\bkeep_audit\b": "refuse_…, record_audit",
    r"\bHANDS\b|\bAS_BEFORE\b|\bWHOLE\b": "what the value is",
    r"\bdoor ?bell": "message",
    r"\bcredit_id\b|\bdebit_id\b": "from_account, to_account, transfer_id",
    r"\bmade anew\b|\bafresh\b": "recreated, again",
    r'"""Have (a|an|the|it|them|every|each)\b': "set, start, make: the verb of what is done",
    r"\bby heart\b|\bin vain\b": "plain words",
}


@pytest.mark.parametrize("pattern", WORDS, ids=WORDS.get)
def test_a_word_does_not_come_back(pattern: str) -> None:
    word = re.compile(pattern)

    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in FILES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if word.search(line)
    ]

    assert found == []
