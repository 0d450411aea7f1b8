"""Run the public verifier in this process, many times in one test."""

import importlib.util
import io
import random
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.lottery.reference import VERIFIER, Files, write

WARNING = (
    "WARNING: chain pointdraw-local is not drand's quicknet; who holds its key steers the draw."
)


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run."""

    status: int
    lines: list[str]

    @property
    def failed_step(self) -> int:
        """The number of the step that failed; 0 where all passed."""
        found = re.match(r"NOT ACCEPTED: step \(([0-9]+)\)", self.lines[-1])
        return int(found[1]) if found else 0

    @property
    def reason(self) -> str:
        """The sentence of the step that failed."""
        return self.lines[-2].partition("FAILED, ")[2]


@cache
def verifier() -> ModuleType:
    """Return the file as a module whose pairings are cached."""
    spec = importlib.util.spec_from_file_location("outsiders_verify_draw", VERIFIER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    vars(module)["signature_holds"] = cache(module.signature_holds)
    return module


def verify(folder: Path, *options: object) -> Outcome:
    """Verify a bundle as the command line would."""
    output, progress = io.StringIO(), io.StringIO()
    with redirect_stdout(output), redirect_stderr(progress):
        status = verifier().main([str(folder), *map(str, options)])
    outcome = Outcome(status, output.getvalue().splitlines())
    assert (outcome.status == 0) is (outcome.failed_step == 0)
    assert all(line.isascii() and line.isprintable() for line in outcome.lines)
    return outcome


def assert_refused(outcome: Outcome, *steps: int) -> None:
    """Check that a run failed at one of these steps, and ran none after it."""
    assert outcome.failed_step in steps, outcome.lines
    assert outcome.status == 1
    named = [int(found[1]) for line in outcome.lines if (found := re.match(r"\((\d+)\)", line))]
    assert named == list(range(1, outcome.failed_step + 1))
    assert outcome.reason


class Bundle:
    """A bundle on disk whose files a test changes and restores."""

    def __init__(self, files: Files, folder: Path) -> None:
        self.files, self.folder = files, write(files, folder)

    def verify_with(self, changes: Files, *options: object) -> Outcome:
        """Verify the bundle with other files, and put its own back."""
        write(changes, self.folder)
        try:
            return verify(self.folder, *options)
        finally:
            write({name: self.files[name] for name in changes}, self.folder)


def others(value: Any) -> Iterator[Any]:
    """Yield other values for one: near it, and of other types."""
    if isinstance(value, int):
        yield from (value + 1, value - 1, -value - 1, float(value), str(value), 2**53, 10**30)
    if isinstance(value, str):
        yield from (value + " ", value[:-1], value[::-1] + "0", "", "\x7f", "漢", "\ud800")
        yield from ({value.upper(), value.replace("0", "1")} - {value})
    plain: list[Any] = [None, True, False, [], {}, [value]]
    yield from (other for other in plain if other != value)


def flipped(content: bytes, position: int) -> bytes:
    """Return a content with one bit of a byte flipped; the position decides which bit."""
    bit = 1 << random.Random(position).randrange(8)
    return content[:position] + bytes([content[position] ^ bit]) + content[position + 1 :]
