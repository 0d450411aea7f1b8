"""The lists of changed lines: one file an app, one entry a change.

An entry has ``file``, ``before`` (text that stands there once), ``after``, ``why`` (the mistake, in
one line) and ``tests`` (which to run first). ``also`` lists further replacements of the same
change, as ``file``, ``before`` and ``after``: a constraint stands in its model and its migration.
"""

import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
KEYS = {"file", "before", "after", "why", "tests"}


class EntryUnfit(Exception):
    """An entry cannot be applied: its text does not stand in the file exactly once."""


@dataclass(frozen=True)
class Replacement:
    """One text of a file, and what stands there instead."""

    file: str
    before: str
    after: str

    def apply(self, checkout: Path) -> None:
        """Write the changed file.

        Raises:
            EntryUnfit: the text does not stand there once, or is not changed.
        """
        path = checkout / self.file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if text.count(self.before) != 1 or self.before == self.after:
            raise EntryUnfit(f"{self.file} holds {text.count(self.before)} times: {self.before}")
        path.write_text(text.replace(self.before, self.after), encoding="utf-8")


@dataclass(frozen=True)
class Mutant:
    """One mistake: the replacements that make it, and the tests that probably notice."""

    app: str
    why: str
    tests: tuple[str, ...]
    replacements: tuple[Replacement, ...]

    @property
    def title(self) -> str:
        """Return the file and the mistake."""
        return f"{self.replacements[0].file}: {self.why}"

    @contextmanager
    def applied(self, checkout: Path) -> Iterator[None]:
        """Change the files of a checkout, and restore them at the end.

        Raises:
            EntryUnfit: the source is no longer the one that the entry was written for.
        """
        files = {checkout / one.file for one in self.replacements}
        originals = {path: path.read_bytes() for path in files if path.is_file()}
        try:
            for one in self.replacements:
                one.apply(checkout)
            yield
        finally:
            for path, content in originals.items():
                path.write_bytes(content)


def lists() -> list[str]:
    """Return the apps that have a list."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read_mutants(apps: Iterable[str]) -> list[Mutant]:
    """Return the entries of these apps' lists, in order."""
    return [
        mutant_of(app, entry)
        for app in apps
        for entry in tomllib.loads((FOLDER / f"{app}.toml").read_text(encoding="utf-8"))["mutant"]
    ]


def mutant_of(app: str, entry: dict[str, Any]) -> Mutant:
    """Return the change that an entry describes."""
    also = entry.pop("also", [])
    if entry.keys() != KEYS:
        raise ValueError(f"{app}: an entry has the keys {', '.join(sorted(entry))}.")
    replacements = [{key: entry[key] for key in ("file", "before", "after")}, *also]
    return Mutant(
        app=app,
        why=entry["why"],
        tests=tuple(entry["tests"]),
        replacements=tuple(Replacement(**one) for one in replacements),
    )
