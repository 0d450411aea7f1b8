"""``load_feeds``, ``quarantine`` and the task that watches the inbox."""

import json
import os
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from kombu.serialization import dumps as kombu_dumps
from kombu.serialization import loads as kombu_loads

from bookings.models import BookingEvent, FeedFile, InboxFile, QuarantinedRow
from core.models import AuditRecord
from entries import tasks
from tests import commands
from tests.entries.feedfiles import membership_row, write_memberships
from tests.factories.bookings import QuarantinedRowFactory
from tests.factories.campaign import UserFactory
from tests.feedfiles import booking_row, registration_row, write_feed_file, write_registrations

pytestmark = pytest.mark.django_db
NAME = "bookings-20250107-001.csv"
BLUE_BIRD = {"journey": "青い鳥:大阪>敦賀"}


def run(*words: object) -> Any:
    """Run a command with --json; return its object, and the exit code where it is not 0."""
    ended = commands.run(*words, "--json", may_warn=True)
    return (ended.data, ended.code) if ended.code else ended.data


def outcome(name: str = NAME, status: str = "loaded", **values: object) -> dict[str, object]:
    counts = dict.fromkeys(("rows", "applied", "duplicates", "quarantined"), 0)
    feed, _, _ = name.partition("-")
    reported = {"name": name, "feed": feed, "status": status, "reason": "", "detail": ""}
    return {**reported, **counts, **values}


def test_load_feeds_loads_every_feed_of_a_folder(tmp_path: Path) -> None:
    write_feed_file(tmp_path, [booking_row(), booking_row(event_id="E2", item_no="0")])
    write_registrations(tmp_path, [registration_row()])
    write_memberships(tmp_path, [membership_row()])

    found = run("load_feeds", tmp_path)

    assert found["files"] == [
        outcome(rows=2, applied=1, quarantined=1),
        outcome("ex_registrations-20250107-001.csv", rows=1, applied=1),
        outcome("memberships-20250107-001.csv", rows=1, applied=1),
    ]


def test_load_feeds_again_is_done_with_nothing_left_to_do(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row()])
    run("load_feeds", path)

    assert run("load_feeds", path)["files"] == [outcome(status="already_loaded")]


def test_load_feeds_fails_for_a_refused_file_and_loads_the_others(tmp_path: Path) -> None:
    write_feed_file(tmp_path, [booking_row()], manifest={"rows": 9})
    write_registrations(tmp_path, [registration_row()])

    found, code = run("load_feeds", tmp_path)

    assert code == 1
    assert found["error"] == "1 of 2 files refused."
    assert [(file["status"], file["reason"]) for file in found["files"]] == [
        ("refused", "row_count_differs"),
        ("loaded", ""),
    ]


def test_load_feeds_warns_of_rows_that_do_not_count(tmp_path: Path) -> None:
    """The file is loaded, so the command is done; but not without a word."""
    path = write_feed_file(tmp_path, [booking_row(), booking_row(event_id="E2", item_no="0")])
    write_memberships(tmp_path, [membership_row()])
    stderr, stdout = StringIO(), StringIO()

    call_command("load_feeds", str(tmp_path), "--json", stdout=stdout, stderr=stderr)

    sentence = (
        f"{path.name}: 1 of 2 rows do not count and wait in quarantine; see: quarantine list."
    )
    assert json.loads(stdout.getvalue())["warnings"] == [sentence]
    assert stderr.getvalue() == f"Warning: {sentence}\n"


def test_load_feeds_warns_of_nothing_where_all_is_well(tmp_path: Path) -> None:
    assert "warnings" not in run("load_feeds", write_feed_file(tmp_path, [booking_row()]))


def test_load_feeds_refuses_a_path_that_leads_nowhere(tmp_path: Path) -> None:
    found, code = run("load_feeds", tmp_path / "nowhere")

    assert code == 1
    assert "nowhere" in found["error"]


def test_load_feeds_dry_run_meets_the_files_before_and_changes_nothing(tmp_path: Path) -> None:
    write_feed_file(tmp_path, [booking_row()])
    write_feed_file(tmp_path, [booking_row(), booking_row(event_id="E2")], sequence=2)
    write_feed_file(tmp_path, [], sequence=3, manifest={"rows": 9})

    found, code = run("load_feeds", tmp_path, "--dry-run")

    assert code == 1
    assert [(file["applied"], file["duplicates"]) for file in found["files"]] == [
        (1, 0),
        (1, 1),
        (0, 0),
    ]
    assert not BookingEvent.objects.exists()
    assert not FeedFile.objects.exists()


def test_load_feeds_says_how_it_went_on_standard_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = StringIO()
    monkeypatch.setattr(sys, "stderr", said)

    run("load_feeds", write_feed_file(tmp_path, [booking_row()]))

    assert said.getvalue() == f"{NAME}: 1 rows, 1 applied, 0 duplicates, 0 quarantined\n"


def test_quarantine_list_shows_what_waits(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row(**BLUE_BIRD)])
    run("load_feeds", path)

    (row,) = run("quarantine", "list")["rows"]

    assert (row["file"], row["record"], row["reason"]) == (NAME, 1, "unknown_service")
    assert row["text"] == path.read_text().splitlines()[1]
    assert row["id"] == QuarantinedRow.objects.get().pk


def test_quarantine_list_shows_every_byte(tmp_path: Path) -> None:
    content = b"%s\n\0\x91\xe5\n" % ",".join(booking_row()).encode()
    path = write_feed_file(tmp_path, content=content, encoding="cp932", manifest={"rows": 1})
    run("load_feeds", path)

    (row,) = run("quarantine", "list")["rows"]

    assert (row["reason"], row["text"]) == ("nul_byte", "\0\x91\xe5")


def test_quarantine_replay_reports_what_passed(tmp_path: Path) -> None:
    run("load_feeds", write_feed_file(tmp_path, [booking_row(**BLUE_BIRD)]))

    replayed = run("quarantine", "replay")

    assert (replayed["replayed"], replayed["open"]) == (0, 1)
    assert [(row["reason"], row["status"]) for row in replayed["rows"]] == [
        ("unknown_service", "open")
    ]


def test_quarantine_dismiss_records_who_and_why(tmp_path: Path) -> None:
    run("load_feeds", write_feed_file(tmp_path, [booking_row(item_no="0")]))
    UserFactory.create(username="mari", role="ops")
    row = QuarantinedRow.objects.get().pk

    run("quarantine", "dismiss", row, "--reason", "test ticket", "--by", "mari")

    kept = QuarantinedRow.objects.get()
    assert (kept.status, kept.note, kept.settled_by) == ("dismissed", "test ticket", "mari")
    record = AuditRecord.objects.get(action="quarantine.dismiss")
    assert (record.subject, record.detail["record"]) == (str(row), 1)
    assert run("quarantine", "list")["rows"] == []


def test_quarantine_dismiss_to_try_says_what_would_be(tmp_path: Path) -> None:
    run("load_feeds", write_feed_file(tmp_path, [booking_row(item_no="0")]))
    UserFactory.create(username="mari", role="ops")
    row, out = QuarantinedRow.objects.get().pk, StringIO()

    options = ["--reason", "test ticket", "--by", "mari", "--dry-run"]
    call_command("quarantine", "dismiss", str(row), *options, stdout=out)

    assert out.getvalue() == f"Row {row} would be dismissed.\n"
    assert QuarantinedRow.objects.get().status == "open"


def test_quarantine_dismiss_refuses_who_may_not(tmp_path: Path) -> None:
    run("load_feeds", write_feed_file(tmp_path, [booking_row(item_no="0")]))
    UserFactory.create(username="sora", role="support")
    row = QuarantinedRow.objects.get().pk

    found, code = run("quarantine", "dismiss", row, "--reason", "so", "--by", "sora")

    assert code == 1
    assert "error" in found
    assert QuarantinedRow.objects.get().status == "open"


def test_watch_inbox_calls_for_the_files_that_have_arrived(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FEED_INBOX = str(tmp_path)
    path = write_feed_file(tmp_path, [booking_row()])
    monkeypatch.setattr(tasks.load_arrived, "delay", tasks.load_arrived)

    tasks.watch_inbox()
    tried = InboxFile.objects.get()
    tasks.watch_inbox()

    assert tried.name == path.name
    assert FeedFile.objects.get().applied == 1


@pytest.mark.parametrize(
    ("row", "rows", "level"),
    [
        pytest.param({}, 1, "INFO", id="all is well"),
        pytest.param({"item_no": "0"}, 1, "WARNING", id="a row in quarantine"),
        pytest.param({}, 2, "WARNING", id="refused"),
    ],
)
def test_load_arrived_warns_of_what_a_person_has_to_look_at(
    row: dict[str, str],
    rows: int,
    level: str,
    inbox: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger=tasks.__name__)
    path = write_feed_file(inbox, [booking_row(**row)], manifest={"rows": rows})

    tasks.load_arrived(path=str(path))

    lines = [vars(record) for record in caplog.records if record.name == tasks.__name__]
    assert [(line["msg"]["event"], line["levelname"]) for line in lines] == [("feed_file", level)]


@pytest.fixture
def inbox(tmp_path: Path, settings: Any) -> Path:
    """Return a folder that is the inbox."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    settings.FEED_INBOX = str(folder)
    return folder


@pytest.mark.parametrize(
    "named",
    [
        pytest.param("{elsewhere}/{name}", id="another folder's"),
        pytest.param("{inbox}/../elsewhere/{name}", id="another folder's by way of the inbox"),
        pytest.param("{inbox}/folder/{name}", id="a folder's in the inbox"),
        pytest.param("{name}", id="a name without a folder"),
    ],
)
def test_message_names_no_file_but_those_of_the_inbox(
    named: str, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody who can write to Redis can send a worker such a message."""
    elsewhere = tmp_path / "elsewhere"
    for folder in (elsewhere, inbox / "folder"):
        folder.mkdir()
        path = write_feed_file(folder, [booking_row()])
    monkeypatch.chdir(elsewhere)

    tasks.load_arrived(path=named.format(inbox=inbox, elsewhere=elsewhere, name=path.name))

    assert not InboxFile.objects.exists()
    assert not FeedFile.objects.exists()


def test_watch_inbox_does_nothing_without_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(tasks.load_arrived, "delay", called.append)

    tasks.watch_inbox()

    assert called == []


def test_load_feeds_follows_a_link_that_is_named_and_none_that_lies_in_a_folder(
    tmp_path: Path,
) -> None:
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    write_feed_file(elsewhere, [booking_row()])
    for source in list(elsewhere.iterdir()):
        (folder / source.name).symlink_to(source)

    found, code = run("load_feeds", folder)
    assert (code, found["files"][0]["reason"]) == (1, "unreadable_manifest")
    assert found["files"][0]["detail"] == "The manifest is unreadable: A link is not followed."

    assert run("load_feeds", folder / NAME)["files"] == [outcome(rows=1, applied=1)]


def test_load_feeds_shows_no_terminal_what_it_would_obey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    write_feed_file(tmp_path, [booking_row()], name="\x1b[2J\u202e\udcff\n.csv")

    found, _ = run("load_feeds", tmp_path)

    name = r"\x1b[2J\u202e\udcff\n.csv"
    assert found["files"][0]["name"] == name
    assert said.getvalue().startswith(f"{name}: refused, manifest_differs_from_name.")
    assert said.getvalue().count("\n") == 1
    nowhere, _ = run("load_feeds", tmp_path / "\x1b[2J")
    assert r"\x1b[2J cannot be read" in nowhere["error"]


def test_quarantine_list_is_json_that_a_terminal_may_show(tmp_path: Path) -> None:
    content = b"%s\n\xc2\x9b2J\n" % ",".join(booking_row()).encode()
    path = write_feed_file(tmp_path, content=content, manifest={"rows": 1})
    run("load_feeds", path)
    stdout = StringIO()

    call_command("quarantine", "list", "--json", stdout=stdout)

    assert stdout.getvalue().strip().isprintable()
    assert json.loads(stdout.getvalue())["rows"][0]["text"] == "\x9b2J"


def test_watch_inbox_names_files_by_any_bytes_to_the_workers(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FEED_INBOX = str(tmp_path)
    write_feed_file(tmp_path, [booking_row()], name=os.fsdecode(b"\xff" * 80 + b".csv"))

    def through_the_broker(**arguments: Any) -> None:
        kind, encoding, body = kombu_dumps(arguments, serializer="json")
        tasks.load_arrived(**kombu_loads(body, kind, encoding))

    monkeypatch.setattr(tasks.load_arrived, "delay", through_the_broker)
    tasks.watch_inbox()
    tasks.watch_inbox()

    assert FeedFile.objects.get().status == "refused"


def test_listed_rows_of_the_quarantine_are_audited_by_their_numbers(tmp_path: Path) -> None:
    commands.run_json("quarantine", "list")
    assert not AuditRecord.objects.exists()  # nothing was shown

    rows = [QuarantinedRowFactory.create().pk for _ in range(2)]
    commands.run_json("quarantine", "list")

    record = AuditRecord.objects.get()
    assert (record.action, record.subject) == ("member.listed", "bookings.quarantinedrow")
    assert record.detail == {"rows": 2, "first": rows[0], "last": rows[1]}
