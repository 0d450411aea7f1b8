"""The form that every command of the contract shares.

Progress and warnings go to standard error, the result to standard output; ``--json`` makes it one
JSON object. Exit 0: done, or nothing left to do; 1: refused or failed, with the reason; 2: usage.
"""

import json
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import translation

from core.errors import DATABASE_AWAY, Refusal, database_failed, system_failed
from core.printable import printable_json, printable_lines

JAPAN = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True)
class Report:
    """What a command found or did: ``data`` for programs, ``text`` for people, and its success.

    ``warnings`` are sentences on what was done and still needs a person.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    ok: bool = True
    warnings: Sequence[str] = ()


class ContractCommand(BaseCommand):
    """A command that returns a Report and refuses with one sentence.

    ``hints`` name the command that helps, by the name of a refusal's class. The sentence of a
    refusal names none, because pages show it as well.
    """

    hints: Mapping[str, str] = {
        "NoTerms": "Use: campaign load.",
        "UnknownStaff": "See: staff add.",
    }

    # Django's checks import every page, a fifth of a command's start; check and migrate make them.
    requires_system_checks: list[str] | tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options of all commands."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @abstractmethod
    def run(self, *args: Any, **options: Any) -> Report:
        """Carry the command out; raise a Refusal where the rules do not allow it."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Run in English, print the report, and end with its exit code."""
        as_json: bool = options.pop("json")
        try:
            with translation.override("en"):
                report = self.run(**options)
        except Refusal as refusal:
            report = self.failed(str(refusal), refusal)
        except DATABASE_AWAY as failure:
            report = self.failed(database_failed(failure), failure)
        except OSError as failure:
            report = self.failed(system_failed(failure), failure)
        text = printable_lines(report.text)
        for warning in report.warnings:
            self.stderr.write(printable_lines(f"Warning: {warning}"))
        if as_json:
            warned = {"warnings": [*report.warnings]} if report.warnings else {}
            reason = {} if report.ok else {"error": report.text}
            self.stdout.write(to_json({**reason, **warned, **report.data}))
        elif report.ok and text:
            self.stdout.write(text)
        if not report.ok:
            raise CommandError(text, returncode=1)

    def print_progress(self, text: str) -> None:
        """Print progress on standard error."""
        self.stderr.write(printable_lines(text))

    def failed(self, sentence: str, cause: Exception) -> Report:
        """Report a refusal, with the exception's ``data`` if it has any."""
        hinted = f"{sentence.strip()} {self.hints.get(type(cause).__name__, '')}".strip()
        return Report({**getattr(cause, "data", {}), "error": hinted}, hinted, ok=False)


class VerbCommand(ContractCommand):
    """A command of several verbs: ``campaign load FILE``, ``campaign show CODE``.

    A subclass lists its verbs: the name, the method that carries it out, and a function that
    declares its arguments.
    """

    verbs: Mapping[str, tuple[str, Callable[[CommandParser], None]]]

    def add_arguments(self, parser: CommandParser) -> None:
        """Give every verb a parser of its own, with the options of all commands."""
        subparsers = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for verb, (method, declare) in self.verbs.items():
            subparser = subparsers.add_parser(verb, help=getattr(self, method).__doc__)
            super().add_arguments(subparser)
            declare(subparser)

    def run(self, *args: Any, **options: Any) -> Report:
        """Carry out the verb that was given."""
        method, _ = self.verbs[options.pop("verb")]
        report: Report = getattr(self, method)(**options)
        return report


@contextmanager
def one_transaction(*, dry_run: bool) -> Iterator[None]:
    """Run the block as one transaction; a dry run checks every constraint and rolls back."""
    with transaction.atomic():
        yield
        if dry_run:
            connection.check_constraints()
            transaction.set_rollback(True)


def to_json(data: Mapping[str, Any]) -> str:
    """Encode one JSON object; instants in Japan's time with its offset, dates as they are.

    Characters that a terminal would obey are escaped: the object is the same.
    """

    def readable(value: object) -> str:
        if isinstance(value, datetime):
            return value.astimezone(JAPAN).isoformat()
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(type(value).__name__)

    return printable_json(json.dumps(data, ensure_ascii=False, default=readable))
