"""Handing over to a person all that is kept of them."""

import csv
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.utils import translation

from bookings.erased import hash_identifier
from bookings.models import BookingEvent
from core import audit
from core.approvals import NotPermitted
from core.audit import Actor
from core.models import AuditRecord
from points import disclosing
from points.disclosing import disclose_member
from points.personal_data import KEPT, NOT_OF_A_PERSON
from points.refusals import FolderTaken, UnfitFolder, UnfitIdentifier
from tests.approving import person
from tests.commands import refused, run, run_json
from tests.database import as_owner
from tests.factories.bookings import BookingFactory
from tests.factories.entries import EntryFactory
from tests.factories.lottery import drawn_draw
from tests.points.steps import CREDIT_AT
from tests.points.traces import EVENT_VALUES, leave_traces, settled

pytestmark = pytest.mark.django_db
ID, LONGER, SECOND = "W-7Q", "W-7Q-2", "XW-7Q"
ROWS_NAMING = "SELECT count(*) FROM {} named WHERE named::text ~ %(pattern)s"
# A column that names a member, a person's account, or one of what belongs to them.
NAMING = {"wester_id", "ex_member_no", "members", "member_id", "entrant_id", "award_id"}


@pytest.fixture
def supporting() -> Actor:
    return person("support")


def read(folder: Path, table: str) -> list[dict[str, str]]:
    text = (folder / f"{table}.csv").read_text(encoding="utf-8-sig")
    return [*csv.DictReader(text.splitlines())]


def tables() -> set[str]:
    return set(connection.introspection.table_names())


def test_every_table_is_placed() -> None:
    """A new table is of people or is not: points/personal_data.py says which."""
    kept = {one.table for one in KEPT}

    assert len(kept) == len(KEPT)
    assert kept | NOT_OF_A_PERSON == tables()
    assert not kept & NOT_OF_A_PERSON


def test_no_column_of_the_other_tables_names_a_member() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema()"
        )
        columns = cursor.fetchall()

    assert {table for table, column in columns if column in NAMING} & NOT_OF_A_PERSON == set()


def test_every_hidden_column_exists() -> None:
    models = {model._meta.db_table: model for model in apps.get_models()}
    for kept in KEPT:
        columns = {field.column for field in models[kept.table]._meta.local_concrete_fields}
        assert {*kept.hidden} <= columns


def test_disclosure_has_every_row_that_names_the_person(supporting: Actor, tmp_path: Path) -> None:
    payout = settled([ID, LONGER, SECOND], tmp_path / "feeds")
    for wester_id in (ID, LONGER, SECOND):
        leave_traces(wester_id, payout, supporting)
    counts = disclose_member(
        wester_id=ID, folder=tmp_path / "answer", actor=supporting, at=CREDIT_AT
    )

    assert counts.keys() == {one.table for one in KEPT}
    pattern = disclosing.find_keys(ID)["pattern"]
    with connection.cursor() as cursor:
        for table in sorted(tables()):
            cursor.execute(ROWS_NAMING.format(table), {"pattern": pattern})
            assert cursor.fetchone()[0] <= counts.get(table, 0), table


def test_disclosure_has_nothing_of_others(supporting: Actor, tmp_path: Path) -> None:
    payout = settled([ID, LONGER, SECOND], tmp_path / "feeds")
    for wester_id in (ID, LONGER, SECOND):
        leave_traces(wester_id, payout, supporting)
    folder = tmp_path / "answer"
    disclose_member(wester_id=ID, folder=folder, actor=supporting, at=CREDIT_AT)

    files = "".join(file.read_text(encoding="utf-8-sig") for file in folder.iterdir())
    assert ID in files
    for other in (LONGER, SECOND, "W-of-another", supporting.user.username):
        assert other not in files


def test_disclosure_has_events_of_the_booking_that_name_nobody(
    supporting: Actor, tmp_path: Path
) -> None:
    booking = BookingFactory.create(wester_id=ID)
    values = {name: getattr(booking, name) for name in EVENT_VALUES}
    for event_id, wester_id in (("E-1", ID), ("E-2", None), ("E-3", LONGER)):
        BookingEvent.objects.create(
            event_id=event_id,
            event_type="booked",
            occurred_at=booking.booked_at,
            operated_via="web",
            **{**values, "wester_id": wester_id},
        )
    folder = tmp_path / "answer"
    disclose_member(wester_id=ID, folder=folder, actor=supporting, at=CREDIT_AT)

    assert [row["event_id"] for row in read(folder, "bookings_bookingevent")] == ["E-1", "E-2"]


def test_result_that_is_not_announced_is_left_out(supporting: Actor, tmp_path: Path) -> None:
    draw = drawn_draw({ID: 5_000})
    assert draw.awards.count() == 1

    counts = disclose_member(
        wester_id=ID, folder=tmp_path / "answer", actor=supporting, at=CREDIT_AT
    )

    assert counts["lottery_entrant"] == 1
    assert "lottery_award" not in counts


def test_files_are_private_and_explained_in_both_languages(
    supporting: Actor, tmp_path: Path
) -> None:
    BookingFactory.create(wester_id=ID)
    folder = tmp_path / "new" / "answer"

    disclose_member(wester_id=ID, folder=folder, actor=supporting, at=CREDIT_AT)

    modes = {file.name: file.stat().st_mode & 0o777 for file in (folder, *folder.iterdir())}
    assert modes == {"answer": 0o700, "README.txt": 0o600, "bookings_booking.csv": 0o600}
    assert [*folder.parent.iterdir()] == [folder]
    text = (folder / "README.txt").read_bytes().decode("utf-8-sig")
    with translation.override("ja"):
        japanese = next(str(one.explanation) for one in KEPT if one.table == "bookings_booking")
    assert text.index(japanese) < text.index("Your bookings, as they stand now.")
    assert text.count("bookings_booking.csv") == 2
    assert text.count("\n") == text.count("\r\n")


@pytest.mark.parametrize("there", ["file", "folder with a file"])
def test_nothing_is_written_over(supporting: Actor, tmp_path: Path, there: str) -> None:
    BookingFactory.create(wester_id=ID)
    taken = tmp_path / "answer"
    if there == "file":
        taken.write_text("kept")
    else:
        taken.mkdir()
        (taken / "old.csv").write_text("kept")

    with pytest.raises(FolderTaken, match="written over"):
        disclose_member(wester_id=ID, folder=taken, actor=supporting, at=CREDIT_AT)

    assert "kept" in {path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert not AuditRecord.objects.exists()


def test_a_write_that_fails_leaves_no_folder(
    supporting: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    BookingFactory.create(wester_id=ID)

    def fail(path: Path, *_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(disclosing, "write_atomically", fail)

    with pytest.raises(UnfitFolder, match="No space left"):
        disclose_member(wester_id=ID, folder=tmp_path / "answer", actor=supporting, at=CREDIT_AT)

    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("role", ["campaign", "approver", "auditor", "accounts"])
def test_other_roles_may_not_disclose(role: str, tmp_path: Path) -> None:
    BookingFactory.create(wester_id=ID)

    with pytest.raises(NotPermitted):
        disclose_member(wester_id=ID, folder=tmp_path / "answer", actor=person(role), at=CREDIT_AT)

    assert [*tmp_path.iterdir()] == []


def test_text_that_is_no_identifier_is_refused(supporting: Actor, tmp_path: Path) -> None:
    with pytest.raises(UnfitIdentifier, match="no WESTER ID"):
        disclose_member(wester_id="W.*", folder=tmp_path / "answer", actor=supporting, at=CREDIT_AT)


@pytest.mark.parametrize("dry_run", [False, True], ids=["written", "dry run"])
def test_the_audit_shows_the_disclosure_by_our_own_keys(
    supporting: Actor, tmp_path: Path, dry_run: bool
) -> None:
    payout = settled([ID], tmp_path / "feeds")
    leave_traces(ID, payout, supporting)

    words = ("--dry-run",) if dry_run else ()
    data = run_json(
        *("member", "disclose", ID, "--output", tmp_path / "answer"),
        *("--by", supporting.user.username, *words),
    )

    record = AuditRecord.objects.get(action="member.disclosed")
    assert data == {"tables": record.detail["tables"]}
    assert record.user == supporting.user
    assert record.subject == f"member {record.detail['member']}"
    assert record.detail["dry_run"] is dry_run
    assert ID not in f"{record.subject} {record.detail}"
    assert (tmp_path / "answer").exists() is not dry_run


def test_of_an_unknown_person_nothing_is_written(supporting: Actor, tmp_path: Path) -> None:
    ended = run(
        *("member", "disclose", ID, "--output", tmp_path / "answer"),
        *("--by", supporting.user.username),
    )

    assert (ended.code, ended.stdout) == (
        0,
        "Nothing is kept of this WESTER ID, typed exactly so.\n",
    )
    assert [*tmp_path.iterdir()] == []
    assert AuditRecord.objects.get().subject == "unknown"


def test_of_an_erased_person_the_case_is_named(supporting: Actor, tmp_path: Path) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bookings_erasedidentifier (hash, case_no) VALUES (%s, 7)",
            [hash_identifier("wester_id", ID)],
        )

    data = run_json(
        *("member", "disclose", ID, "--output", tmp_path / "answer"),
        *("--by", supporting.user.username),
    )

    assert data == {"tables": {}, "case": 7}


def test_disclose_refuses_in_one_sentence(supporting: Actor, tmp_path: Path) -> None:
    (tmp_path / "answer").write_text("kept")

    reason = refused(
        *("member", "disclose", ID, "--output", tmp_path / "answer"),
        *("--by", supporting.user.username),
    )

    assert reason.endswith("is there already and is not written over; take another folder.")


def test_the_audit_names_who_never_signed_in_by_another_key(
    supporting: Actor, tmp_path: Path
) -> None:
    booking = BookingFactory.create(wester_id=ID)

    disclose_member(wester_id=ID, folder=tmp_path / "answer", actor=supporting, at=CREDIT_AT)

    assert AuditRecord.objects.get().subject == f"booking {booking.pk}"


@pytest.mark.parametrize(
    ("action", "subject", "place"),
    [
        pytest.param("member.looked_up", "c", "bookings", id="a booking looked up"),
        pytest.param("member.searched", "members", "bookings", id="a booking searched for"),
        pytest.param("member.listed", "bookings.booking", "rows", id="a list of bookings"),
        pytest.param("member.disclosed", "unknown", "entries", id="a disclosure"),
    ],
)
def test_the_audit_of_a_row_of_the_person_is_disclosed(
    supporting: Actor, tmp_path: Path, action: str, subject: str, place: str
) -> None:
    make = EntryFactory if place == "entries" else BookingFactory
    own, other = make.create(wester_id=ID), make.create(wester_id=LONGER)
    for rows in ([other.pk, own.pk], [other.pk]):
        audit.record(
            actor=supporting, action=action, subject=subject, at=CREDIT_AT, detail={place: rows}
        )
    folder = tmp_path / "answer"

    disclose_member(wester_id=ID, folder=folder, actor=supporting, at=CREDIT_AT)

    assert [row["action"] for row in read(folder, "core_auditrecord")] == [action]
