"""``make mutants`` reports each changed line correctly and restores every file."""

from pathlib import Path
from typing import cast

import pytest

from tests.mutants.__main__ import judge
from tests.mutants.checkout import CannotRun, Checkout
from tests.mutants.lists import EntryUnfit, Mutant, lists, mutant_of, read_mutants
from tests.outside import ROOT

TEXT = "if now < closes_at:\n    enter()\n"


class FakeCheckout:
    """A checkout whose tests fail as given, and which records what they ran on."""

    def __init__(self, folder: Path, *failing: str | Exception | None) -> None:
        self.folder, self.failing = folder, [*failing]
        self.runs: list[tuple[str, ...]] = []
        self.seen: list[str] = []

    def find_failing(self, *tests: str) -> str | None:
        self.runs.append(tests)
        self.seen.append((self.folder / "entries" / "entering.py").read_text())
        found = self.failing.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "entries").mkdir()
    (tmp_path / "entries" / "entering.py").write_text(TEXT)
    return tmp_path


def mutant(before: str = "now < closes_at", after: str = "now <= closes_at") -> Mutant:
    return mutant_of(
        "entries",
        {
            "file": "entries/entering.py",
            "before": before,
            "after": after,
            "why": "the closing instant is in",
            "tests": ["tests/entries/test_entering.py"],
        },
    )


def judged(
    folder: Path, one: Mutant, *failing: str | Exception | None
) -> tuple[bool, str, FakeCheckout]:
    fake = FakeCheckout(folder, *failing)
    is_caught, words = judge(cast("Checkout", fake), one)
    return is_caught, words, fake


@pytest.mark.parametrize(
    ("failing", "runs"),
    [
        pytest.param(["t::one", None], [("tests/entries/test_entering.py",)], id="where to look"),
        pytest.param(
            [None, "t::one", None],
            [("tests/entries/test_entering.py",), ("tests/entries",)],
            id="elsewhere in the app",
        ),
        pytest.param(
            [None, None, "t::one", None],
            [
                ("tests/entries/test_entering.py",),
                ("tests/entries",),
                ("tests", "--ignore=tests/entries"),
            ],
            id="in another app",
        ),
    ],
)
def test_judge_calls_a_change_caught_that_one_test_notices(
    folder: Path, failing: list[str | None], runs: list[tuple[str, ...]]
) -> None:
    is_caught, words, fake = judged(folder, mutant(), *failing)

    assert (is_caught, words) == (True, "caught by t::one")
    assert fake.runs == [*runs, ("t::one",)]
    assert fake.seen == [TEXT.replace("<", "<=")] * len(runs) + [TEXT]


def test_judge_runs_nothing_but_the_named_tests_where_asked_to(folder: Path) -> None:
    fake = FakeCheckout(folder, None)

    assert judge(cast("Checkout", fake), mutant(), named_only=True) == (False, "SURVIVED")
    assert fake.runs == [("tests/entries/test_entering.py",)]


@pytest.mark.parametrize(
    ("failing", "words"),
    [
        pytest.param([None, None, None], "SURVIVED", id="every test passes"),
        pytest.param(
            ["t::one", "t::one"],
            "UNKNOWN: without the change it fails too: t::one",
            id="the test fails anyway",
        ),
        pytest.param([CannotRun("no import")], "BROKEN: no import", id="the change does not run"),
    ],
)
def test_judge_calls_no_change_caught_that_no_test_notices(
    folder: Path, failing: list[str | Exception | None], words: str
) -> None:
    assert judged(folder, mutant(), *failing)[:2] == (False, words)
    assert (folder / "entries" / "entering.py").read_text() == TEXT


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("now > closes_at", "now >= closes_at", id="the line is another one now"),
        pytest.param("e", "x", id="it stands there more than once"),
        pytest.param("now < closes_at", "now < closes_at", id="nothing is changed"),
    ],
)
def test_judge_calls_an_entry_broken_that_fits_no_line(
    folder: Path, before: str, after: str
) -> None:
    is_caught, words, fake = judged(folder, mutant(before, after))

    assert not is_caught
    assert words.startswith("BROKEN: entries/entering.py holds ")
    assert fake.runs == []
    assert (folder / "entries" / "entering.py").read_text() == TEXT


def test_applied_restores_every_file_where_one_replacement_does_not_fit(folder: Path) -> None:
    also = {"file": "entries/gone.py", "before": "a", "after": "b"}
    entry = {
        "file": "entries/entering.py",
        "before": "now",
        "after": "then",
        "why": "",
        "tests": [],
    }
    one = mutant_of("entries", {**entry, "also": [also]})

    with pytest.raises(EntryUnfit, match=r"entries/gone\.py"), one.applied(folder):
        pass

    assert (folder / "entries" / "entering.py").read_text() == TEXT


def test_mutant_of_refuses_an_entry_without_a_reason() -> None:
    entry = {"file": "entries/entering.py", "before": "<", "after": "<=", "tests": []}

    with pytest.raises(ValueError, match="an entry has the keys after, before, file, tests"):
        mutant_of("entries", entry)


@pytest.mark.parametrize("app", lists())
def test_lists_name_tests_that_are_there_and_no_change_twice(app: str) -> None:
    mutants = read_mutants([app])

    assert [test for one in mutants for test in one.tests if not (ROOT / test).is_file()] == []
    assert all(one.tests for one in mutants)
    assert len({(one.replacements, one.app) for one in mutants}) == len(mutants)


@pytest.mark.parametrize("app", lists())
def test_every_entry_can_be_applied_once(app: str) -> None:
    for one in read_mutants([app]):
        for change in one.replacements:
            assert (ROOT / change.file).read_text().count(change.before) == 1, one.title
        assert all((ROOT / path).exists() for path in one.tests), one.title
