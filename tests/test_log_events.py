"""Every event that the program logs is in the manual, with its level, its fields and what to do."""

import ast
import re
from collections.abc import Iterator

from tests.outside import ROOT

APPS = ("core", "bookings", "campaign", "entries", "lottery", "points", "portal", "config")
LEVELS = {"exception": "ERROR"}  # as structlog logs it
ALWAYS = {"exception"}  # the field of a traceback
ROW = re.compile(r"^\| `([a-z_.]+)` \| (ERROR|WARNING|INFO) \|([^|]*)\|", re.MULTILINE)
Event = tuple[str, str]
# The call whose level depends on the file: of two names, both are in the manual.
EITHER = {"write_log": ("WARNING", "INFO")}


def logged_events() -> Iterator[tuple[Event, set[str]]]:
    """Yield each event of the code with its level, and the fields of the call."""
    for app in APPS:
        for path in sorted((ROOT / app).glob("**/*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and (levels := levels_of(node.func)):
                    name = node.args[0]
                    assert isinstance(name, ast.Constant), f"{path}: an event has a fixed name"
                    fields = {word.arg or "" for word in node.keywords}
                    for level in levels:
                        yield (str(name.value), level), fields


def levels_of(function: ast.expr) -> tuple[str, ...]:
    """Return the levels that a call logs at; none where it is no call of a logger."""
    if isinstance(function, ast.Name):
        return EITHER.get(function.id, ())
    if (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "log"
    ):
        return (LEVELS.get(function.attr, function.attr.upper()),)
    return ()


def described_events() -> dict[Event, set[str]]:
    """Return each event of the manual with its fields."""
    page = (ROOT / "docs/operations.md").read_text()
    found: dict[Event, set[str]] = {}
    for name, level, cell in ROW.findall(page):
        same = found.get((name, "WARNING"), set()) if cell.strip() == "the same" else set()
        found[name, level] = set(re.findall(r"`(\w+)`", cell)) | same
    return found


def test_the_manual_has_every_event_that_is_logged_and_no_other() -> None:
    logged: dict[Event, set[str]] = {}
    for event, fields in logged_events():
        logged.setdefault(event, set()).update(fields)

    described = described_events()

    assert described.keys() == logged.keys()
    renamed = {"exc_info": "exception"}
    for event, fields in logged.items():
        assert described[event] - ALWAYS == {renamed.get(one, one) for one in fields} - ALWAYS


def test_no_event_is_logged_past_structlog() -> None:
    """One logger in each module, named log, so that the list above is whole."""
    for app in APPS:
        for path in sorted((ROOT / app).glob("**/*.py")):
            text = path.read_text()
            assert "logging.getLogger" not in text, path
            for name in re.findall(r"^(\w+) = structlog.get_logger", text, re.MULTILINE):
                assert name == "log", path
