"""The form that commands share: one JSON object on stdout, words on stderr, an exit code."""

import errno
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import CommandError, CommandParser, call_command
from django.db import IntegrityError, InterfaceError, OperationalError, connection
from django.utils import translation
from django.utils.translation import gettext

from bookings.models import FeedFile, QuarantinedRow, Service
from core.commands import ContractCommand, Report, VerbCommand, one_transaction, to_json
from core.errors import Refusal


class CountedRefusal(Refusal):
    """A refusal that knows more than its sentence."""

    data = {"rows": 7}


class Does(ContractCommand):
    """A command that does what a test gives it."""

    outcome: Report | Exception

    def run(self, *args: Any, **options: Any) -> Report:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def carry_out(outcome: Report | Exception, *words: str) -> str:
    """Run a command that ends so; return what it printed."""
    command, out = Does(), io.StringIO()
    command.outcome = outcome
    call_command(command, *words, stdout=out)
    return out.getvalue()


def fail(outcome: Report | Exception, *words: str) -> tuple[str, str]:
    """Run a command that fails so; return what it printed and its sentence."""
    command, out = Does(), io.StringIO()
    command.outcome = outcome
    with pytest.raises(CommandError) as failed:
        call_command(command, *words, stdout=out)
    assert failed.value.returncode == 1
    return out.getvalue(), str(failed.value)


def test_a_report_is_text_for_a_person_and_json_for_a_program() -> None:
    report = Report({"rows": 3, "名": "年末"}, "Loaded 3 rows.")

    assert carry_out(report) == "Loaded 3 rows.\n"
    assert carry_out(report, "--json") == '{"rows": 3, "名": "年末"}\n'


@pytest.mark.parametrize(
    ("outcome", "data", "sentence"),
    [
        pytest.param(
            Report({"ok": False}, "Two findings.", ok=False),
            {"ok": False, "error": "Two findings."},
            "Two findings.",
            id="a report that all is not well",
        ),
        pytest.param(
            Refusal("Not now."), {"error": "Not now."}, "Not now.", id="the rules do not allow it"
        ),
        pytest.param(
            CountedRefusal("Too many."),
            {"rows": 7, "error": "Too many."},
            "Too many.",
            id="a refusal that knows more",
        ),
        pytest.param(
            OperationalError("connection refused\nIs the server running?"),
            {
                "error": "The database did not serve us (connection refused). "
                "Check DATABASE_URL, and that it is running."
            },
            "The database did not serve us (connection refused). "
            "Check DATABASE_URL, and that it is running.",
            id="the database is away",
        ),
        pytest.param(
            InterfaceError(""),
            {
                "error": "The database did not serve us (no answer). "
                "Check DATABASE_URL, and that it is running."
            },
            "The database did not serve us (no answer). "
            "Check DATABASE_URL, and that it is running.",
            id="the database went away",
        ),
        pytest.param(
            OSError(errno.ENOSPC, "No space left on device", "/tmp/draft"),
            {"error": "/tmp/draft: No space left on device."},
            "/tmp/draft: No space left on device.",
            id="the disk is full",
        ),
        pytest.param(
            ConnectionResetError(),
            {"error": "ConnectionResetError."},
            "ConnectionResetError.",
            id="a failure without words",
        ),
    ],
)
def test_a_failure_is_printed_to_both_streams_and_exits_with_1(
    outcome: Report | Exception, data: dict[str, Any], sentence: str
) -> None:
    printed, failed = fail(outcome, "--json")
    assert (json.loads(printed), failed) == (data, sentence)
    assert printed.count("\n") == 1

    assert fail(outcome) == ("", sentence)


def test_a_bug_is_not_hidden() -> None:
    with pytest.raises(IntegrityError):
        carry_out(IntegrityError("a bug"), "--json")


def test_commands_speak_english_whatever_the_language() -> None:
    class Speaks(Does):
        def run(self, *args: Any, **options: Any) -> Report:
            return Report(text=f"{translation.get_language()}: {gettext('January')}")

    out = io.StringIO()
    with translation.override("ja"):
        call_command(Speaks(), stdout=out)

    assert out.getvalue() == "en: January\n"


def declare_what(parser: CommandParser) -> None:
    parser.add_argument("what")


def declare_nothing(_: CommandParser) -> None:
    pass


class Verbs(VerbCommand):
    """A command of two verbs."""

    verbs = {
        "give": ("give", declare_what),
        "take": ("take", declare_nothing),
    }

    def give(self, *, what: str, **_: Any) -> Report:
        """Give something."""
        return Report({"given": what}, f"Gave {what}.")

    def take(self, **_: Any) -> Report:
        """Take it back."""
        raise Refusal("There is nothing to take.")


def test_a_verb_is_carried_out_with_its_own_arguments() -> None:
    out = io.StringIO()

    call_command(Verbs(), "give", "points", "--json", stdout=out)

    assert out.getvalue() == '{"given": "points"}\n'


def test_a_verb_refuses_like_a_command() -> None:
    with pytest.raises(CommandError, match="There is nothing to take"):
        call_command(Verbs(), "take", stdout=io.StringIO())


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([], id="no verb"),
        pytest.param(["steal"], id="an unknown verb"),
        pytest.param(["give"], id="a verb without its argument"),
    ],
)
def test_wrong_usage_of_verbs(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        Verbs().run_from_argv(["manage.py", "verbs", *words])

    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(
            datetime(2024, 12, 10, 3, tzinfo=UTC),
            '{"at": "2024-12-10T12:00:00+09:00"}',
            id="an instant in Japan's time",
        ),
        pytest.param(date(2024, 12, 26), '{"at": "2024-12-26"}', id="a day as it is"),
        pytest.param(None, '{"at": null}', id="nothing"),
    ],
)
def test_to_json_writes(value: object, expected: str) -> None:
    assert to_json({"at": value}) == expected


def test_to_json_refuses_what_it_does_not_know() -> None:
    with pytest.raises(TypeError, match="object"):
        to_json({"x": object()})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dry_run", [True, False])
def test_one_transaction_commits_unless_it_is_a_dry_run(dry_run: bool) -> None:
    with one_transaction(dry_run=dry_run):
        Service.objects.create(name="tried")

    assert Service.objects.filter(name="tried").exists() is not dry_run
    assert connection.in_atomic_block is False


@pytest.mark.django_db(transaction=True)
def test_one_transaction_checks_what_is_checked_at_the_end_in_a_dry_run_too() -> None:
    nowhere = FeedFile(pk=-1)

    with pytest.raises(IntegrityError), one_transaction(dry_run=True):
        QuarantinedRow.objects.create(file=nowhere, record=1, reason="x", content=b"x")


def test_a_report_contains_no_terminal_control_characters() -> None:
    report = Report({"name": "\x1b[2J\udcff"}, "Loaded \x1b[2J\u202e\udcff.\nAll done.")

    assert carry_out(report) == "Loaded \\x1b[2J\\u202e\\udcff.\nAll done.\n"
    assert carry_out(report, "--json") == '{"name": "\\u001b[2J\\udcff"}\n'
    printed, sentence = fail(Refusal("No \x1b[2J."), "--json")
    assert sentence == "No \\x1b[2J."
    assert json.loads(printed) == {"error": "No \x1b[2J."}
    assert "\x1b" not in printed


def test_progress_of_a_command_contains_no_terminal_control_characters() -> None:
    said = io.StringIO()

    Does(stderr=said).print_progress("Loading \x1b[2J ...")

    assert said.getvalue() == "Loading \\x1b[2J ...\n"
