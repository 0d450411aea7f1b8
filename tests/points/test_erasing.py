"""A member who is erased: what is left, what still holds, and that no feed brings them back."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from pytest_django import Settings

from bookings.erased import hash_identifier
from bookings.models import Booking, BookingEvent, ErasedIdentifier, QuarantinedRow
from config.env import MovedClock
from core import approvals
from core.models import Approval, AuditRecord, User
from entries.models import Entry, Member
from entries.sign_in.claims import Identity
from entries.sign_in.members import find_or_create_member
from lottery import auditing, keys, receipts
from lottery.models import Draw, Entrant
from points import closing, erasing, erasure_list, exporting
from points.models import Account, CreditAnswer, Erasure
from points.personal_data import KEPT
from points.refusals import DrawOpen, MemberErased, UnfitReason, UnknownMember
from points.verifying import verify_ledger
from tests.approving import approve, person
from tests.campaign.staffpages import signed_in
from tests.commands import refused, run_json
from tests.database import as_owner, every_trigger_off
from tests.factories.bookings import BookingFactory, QuarantinedRowFactory, RegistrationFactory
from tests.factories.campaign import CampaignFactory, UserFactory
from tests.factories.entries import EntryFactory, MemberFactory
from tests.factories.lottery import closed_campaign, frozen_draw, void
from tests.feedfiles import (
    booking_row,
    ex_booking_row,
    registration_row,
    write_feed_file,
    write_registrations,
)
from tests.guards import refused_as, sql
from tests.points.answers import answer, export, reject, settle
from tests.points.removing import (
    CLOSED_AT,
    ERASED_AT,
    EX_JOURNEY,
    REASON,
    closed,
    erased,
    erasure_request,
    feed_files,
    load,
    member_of,
    sign_in,
)
from tests.points.steps import confirmed, paid, prepared
from tests.points.traces import leave_traces, settled

pytestmark = pytest.mark.django_db
GONE, STAYS = "W1-who-leaves", "W2-who-stays"
TWO = {GONE: 5_000, STAYS: 6_000}


def rows_of_everything() -> list[str]:
    """Return every row of every table, as text; bytes as text too."""
    rows: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += [f"{table} {' '.join(map(as_text, row))}" for row in cursor.fetchall()]
    return sorted(rows)


def as_text(value: object) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, memoryview | bytes) else str(value)


def naming(*identifiers: str) -> list[str]:
    """Return the rows of the database that contain any of these texts."""
    return [row for row in rows_of_everything() if any(one in row for one in identifiers)]


def test_nothing_names_an_erased_member(tmp_path: Path) -> None:
    """Loaded by every feed, signed in, drawn, credited: no row of no table names them."""
    campaign = CampaignFactory.create(published=True)
    for path in feed_files(tmp_path, campaign=campaign.code):
        assert load(path).status == "loaded"
    sign_in(member_of("W1"))
    QuarantinedRowFactory.create(content=b"E9,booked,W1,R9", file__sha256="9" * 64)
    QuarantinedRowFactory.create(content=b"E9,booked,W11,R9", file__sha256="8" * 64)
    counted = erasing.count_rows("W1")
    before = naming(" W2 ", " X2 ", "W11")

    erasure = erased("W1")

    assert [row for row in rows_of_everything() if "W1 " in f"{row} " or "X1" in row] == []
    assert naming(" W2 ", " X2 ", "W11") == before
    assert (
        erasure.tables
        == counted
        == {
            "bookings_booking": 2,
            "bookings_bookingevent": 3,
            "bookings_exregistration": 1,
            "bookings_membermark": counted["bookings_membermark"],
            "bookings_quarantinedrow": 1,
            "bookings_registrationrow": 1,
            "core_user": 1,
            "entries_entry": 1,
            "entries_entryrow": 1,
            "entries_member": 1,
            "entries_membership": 1,
            "entries_membershiprow": 1,
        }
    )
    assert not Session.objects.exists()


def test_an_erasure_reaches_every_table_that_is_disclosed(tmp_path: Path) -> None:
    """But for what approvals say: no action of ours names a member there."""
    payout, looking = settled([GONE, STAYS], tmp_path), person("support")
    for wester_id in (GONE, STAYS):
        leave_traces(wester_id, payout, looking)
    Erasure.objects.filter(wester_id=GONE).update(reason=REASON)
    with every_trigger_off():
        Erasure.objects.filter(wester_id=GONE).update(hash=hash_identifier("wester_id", GONE))
    closing.close_payout(payout=payout, at=CLOSED_AT)
    before = naming(STAYS)
    counted = erasing.count_rows(GONE)

    erasure = erased(GONE)

    assert {row.split()[0] for row in naming(GONE)} == {"core_approval"}
    assert naming(STAYS) == before
    assert erasure.tables == counted
    assert counted.keys() == (
        {kept.table for kept in KEPT} & (erasure_list.DELETED | erasure_list.COLUMNS.keys())
    ) - {
        *("core_approval", "points_creditanswer", "points_erasure"),
        *("points_resolution", "points_reversal", "points_transfer"),
    }
    assert verify_ledger().ok


def test_what_was_drawn_and_paid_still_holds(tmp_path: Path) -> None:
    payout = closed(tmp_path / "sent", TWO)
    code, draw = payout.draw.campaign.code, payout.draw
    run_json("draw", "export", code, "--output", tmp_path / "before")
    status = run_json("payout", "status", code)
    receipt = receipts.receipt_json(draw, STAYS)

    erasure = erased(GONE)

    mark = f"erased:{erasure.pk}:{erasure.hash[:24]}"
    assert naming(GONE) == []
    assert set(draw.entrants.values_list("wester_id", flat=True)) == {mark, STAYS}
    assert set(Account.objects.filter(kind="member").values_list("wester_id", flat=True)) == {
        mark,
        STAYS,
    }
    assert verify_ledger().ok
    assert run_json("payout", "status", code) == status
    run_json("draw", "export", code, "--output", tmp_path / "after")
    for file in (tmp_path / "before").iterdir():
        assert (tmp_path / "after" / file.name).read_bytes() == file.read_bytes()
    assert run_json("draw", "verify", tmp_path / "after", may_warn=True)["ok"]
    assert receipts.receipt_json(draw, STAYS) == receipt
    assert receipts.receipt_json(draw, GONE) is None
    stored = Draw.objects.get(pk=draw.pk)
    pid_key = keys.open_key(
        bytes(stored.pid_key or b""), name=keys.key_name("pid", code, draw.sequence)
    )
    assert list(auditing.audit_list(stored, pid_key=pid_key)) == []


def test_no_nonce_is_left_to_try_identifiers_with(tmp_path: Path) -> None:
    closed(tmp_path, TWO)

    erased(GONE)

    nonces = {
        one.wester_id == STAYS: bytes(one.nonces or b"")
        for one in Entrant.objects.order_by("position")
    }
    assert nonces[False] == bytes(32)
    assert nonces[True] != bytes(32)


def test_the_file_that_named_the_member_is_refused_by_name(tmp_path: Path) -> None:
    payout = closed(tmp_path / "sent", TWO)
    other = closed(tmp_path / "other", {STAYS: 6_000})

    erasure = erased(GONE)

    with pytest.raises(MemberErased, match=rf"credits-20250215-001\.csv .*case {erasure.pk}\b"):
        exporting.export_credits(payout=payout, folder=tmp_path / "again", at=ERASED_AT)
    assert not (tmp_path / "again").exists()
    exporting.export_credits(payout=other, folder=tmp_path / "other", at=ERASED_AT)


def test_what_the_points_system_wrote_of_the_member_goes(tmp_path: Path) -> None:
    payout = paid(TWO)
    rows = {row["wester_id"]: row for row in export(payout, tmp_path)}
    answers = [reject(rows[GONE], "Mr Sato moved"), answer(rows[STAYS], detail="As usual")]
    settle(payout, tmp_path, answers)
    closing.close_payout(payout=payout, at=CLOSED_AT)

    erased(GONE)

    assert set(CreditAnswer.objects.values_list("detail", flat=True)) == {"", "As usual"}
    assert verify_ledger().ok


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(lambda: frozen_draw(TWO), id="a list that is frozen"),
        pytest.param(lambda: confirmed(TWO), id="a result that is confirmed"),
        pytest.param(lambda: prepared(TWO), id="a payout that is approved"),
        pytest.param(lambda: paid(TWO), id="a payout that is not settled"),
    ],
)
def test_erasing_waits_for(state: object) -> None:
    state()  # type: ignore[operator]  # one of the functions above

    with pytest.raises(DrawOpen, match="campaign-"):
        erasure_request(GONE)
    assert not Erasure.objects.exists()


def test_a_void_draw_holds_nobody() -> None:
    draw = void(frozen_draw(TWO))

    erased(GONE)

    assert naming(GONE) == []
    assert draw.entrants.filter(wester_id=STAYS).exists()


def test_a_freeze_between_request_and_approval_stops_it() -> None:
    campaign = closed_campaign(TWO)
    approval = erasure_request(GONE)
    frozen_draw(campaign=campaign)

    with pytest.raises(DrawOpen):
        approve(approval, at=ERASED_AT)
    assert Entry.objects.filter(wester_id=GONE).exists()
    assert naming("member.erased") == []


# What comes again


def test_a_feed_that_is_sent_again_brings_nobody_back(tmp_path: Path) -> None:
    campaign = CampaignFactory.create(published=True)
    for path in feed_files(tmp_path, campaign=campaign.code):
        load(path)
    erased("W1")
    again = [load(path) for path in feed_files(tmp_path, campaign=campaign.code, sequence=2)]

    assert [row for row in rows_of_everything() if "W1 " in f"{row} " or "X1" in row] == []
    assert {one.feed: (one.rows, one.applied, one.duplicates) for one in again} == {
        "bookings": (6, 1, 5),  # the new event of who stays
        "ex_registrations": (2, 0, 2),
        "memberships": (2, 0, 2),
        "entries": (2, 0, 2),
    }


@pytest.mark.parametrize("bad", ["W1", "X1"])
def test_a_bad_row_that_names_the_member_is_not_quarantined(bad: str, tmp_path: Path) -> None:
    RegistrationFactory.create(ex_member_no="X1", wester_id="W1")
    erased("W1")
    rows = [
        booking_row(event_id="E1", wester_id=f"{bad}", amount_yen="much"),
        booking_row(event_id="E2", wester_id=f"{bad}1", amount_yen="much"),
    ]

    outcome = load(write_feed_file(tmp_path, rows))

    assert (outcome.duplicates, outcome.quarantined) == (1, 1)
    assert bytes(QuarantinedRow.objects.get().content).startswith(b"E2,")


def test_an_old_row_of_the_number_does_not_come_back_as_somebody_elses(tmp_path: Path) -> None:
    """The EX number was another member's before; it is erased with the one who has it now."""
    older = registration_row(wester_id="W0", updated_at="2024-10-01T00:00:00+09:00")
    rows = [older, registration_row(wester_id="W1")]
    load(write_registrations(tmp_path, rows))
    erased("W1")

    outcome = load(write_registrations(tmp_path, rows[:1], sequence=2))

    assert (outcome.applied, outcome.duplicates) == (0, 1)
    assert naming("X1") == []


def test_a_member_who_signs_in_again_begins_anew(tmp_path: Path) -> None:
    """What happened before stays away; what happens from then on is applied."""
    member = member_of("W1")
    BookingFactory.create(wester_id="W1")
    RegistrationFactory.create(ex_member_no="X1", wester_id="W1")
    erased("W1")
    identity = Identity(issuer=member.issuer, sub=member.sub, wester_id="W1")

    again = find_or_create_member(identity=identity)

    assert again.pk != member.pk
    assert not User.objects.filter(pk=member.user_id).exists()
    returned_at = {one.returned_at for one in ErasedIdentifier.objects.all()}
    assert len(returned_at) == 1
    (instant,) = returned_at
    assert instant
    rows = [
        booking_row(event_id="E1", occurred_at="2025-01-01T00:00:00+09:00"),
        booking_row(event_id="E2", reservation_no="R2", occurred_at=instant.isoformat()),
        ex_booking_row(journey=EX_JOURNEY, event_id="E3", reservation_no="R3"),
        ex_booking_row(
            journey=EX_JOURNEY, event_id="E4", reservation_no="R4", occurred_at=instant.isoformat()
        ),
    ]
    outcome = load(write_feed_file(tmp_path, rows))
    assert (outcome.applied, outcome.duplicates) == (2, 2)
    assert set(BookingEvent.objects.values_list("event_id", flat=True)) == {"E2", "E4"}


def test_a_member_who_returned_can_be_erased_again(tmp_path: Path) -> None:
    payout = closed(tmp_path, TWO)
    first = erased(GONE)
    find_or_create_member(identity=Identity(issuer="https://id", sub="s", wester_id=GONE))
    closed(tmp_path, {GONE: 7_000})

    second = erased(GONE)

    assert naming(GONE) == []
    marks = Account.objects.filter(wester_id__startswith="erased:")
    assert sorted(marks.values_list("wester_id", flat=True)) == [
        f"erased:{one.pk}:{one.hash[:24]}" for one in (first, second)
    ]
    known = ErasedIdentifier.objects.get(hash=hash_identifier("wester_id", GONE))
    assert (known.case_no, known.returned_at) == (second.pk, None)
    assert verify_ledger().ok
    assert payout.draw.entrants.filter(wester_id=first.wester_id).exists()


# Bookings with events of several people


def test_an_event_in_somebody_elses_booking_loses_the_name(tmp_path: Path) -> None:
    rows = [
        booking_row(event_id="E1", wester_id="W1"),
        booking_row(event_id="E2", event_type="changed", wester_id="W2", occurred_at=LATER),
    ]
    load(write_feed_file(tmp_path, rows))

    erased("W1")

    assert dict(BookingEvent.objects.values_list("event_id", "wester_id")) == {
        "E1": None,
        "E2": "W2",
    }
    assert Booking.objects.get().wester_id == "W2"


LATER = "2024-12-21T10:00:00+09:00"


@pytest.mark.parametrize("other", ["W2", ""])
def test_a_booking_that_was_somebody_elses_does_not_come_back(other: str, tmp_path: Path) -> None:
    """Its earlier event is sent again: nobody holds the booking, and nobody's total gets it."""
    rows = [
        booking_row(event_id="E1", wester_id=other),
        booking_row(event_id="E2", event_type="changed", wester_id="W1", occurred_at=LATER),
    ]
    load(write_feed_file(tmp_path, rows))
    erased("W1")

    outcome = load(write_feed_file(tmp_path, rows, sequence=2, line_end="\r\n"))

    assert outcome.duplicates == 2
    assert Booking.objects.get().wester_id is None
    assert [row for row in rows_of_everything() if "W1 " in f"{row} "] == []


def test_an_ex_booking_that_changed_its_number_keeps_only_a_mark(tmp_path: Path) -> None:
    load(write_registrations(tmp_path, [registration_row(ex_member_no="X1", wester_id="W1")]))
    rows = [
        ex_booking_row(journey=EX_JOURNEY, event_id="E1", ex_member_no="X2"),
        ex_booking_row(
            journey=EX_JOURNEY,
            event_id="E2",
            event_type="changed",
            ex_member_no="X1",
            occurred_at=LATER,
        ),
    ]
    load(write_feed_file(tmp_path, rows))

    erasure = erased("W1")

    mark = f"erased:{erasure.pk}:{hash_identifier('ex_member_no', 'X1')[:24]}"
    assert Booking.objects.get().ex_member_no == mark
    assert BookingEvent.objects.get(event_id="E2").ex_member_no == mark
    assert naming("X1") == []


# Who may, and what is recorded


def test_approval_and_audit_name_the_case_only() -> None:
    EntryFactory.create(wester_id=GONE)
    asking = person("support")

    approval = erasure_request(GONE, actor=asking)

    erasure = Erasure.objects.get()
    assert (approval.action, approval.subject) == ("member.erase", f"case/{erasure.pk}")
    assert approval.content == {
        "case": erasure.pk,
        "member": hash_identifier("wester_id", GONE),
        "reason": REASON,
    }
    assert [row for row in naming(GONE) if row.startswith("core_")] == []
    decided = approve(approval, at=ERASED_AT)
    record = AuditRecord.objects.get(action="member.erased")
    assert record.user == decided.decided_by
    assert (record.subject, record.detail) == (
        f"case/{erasure.pk}",
        {"approval": approval.pk, "tables": {"entries_entry": 1}},
    )


def test_the_approver_reads_whom_until_it_is_done() -> None:
    EntryFactory.create(wester_id=GONE)
    approval = erasure_request(GONE)
    page = reverse("admin:points_erasure_change", args=[Erasure.objects.get().pk])

    def shown(role: str) -> str:
        response = signed_in(UserFactory.create(role=role)).get(page)
        assert response.status_code == (403 if role == "campaign" else 200)
        return str(response.content.decode())

    assert GONE in shown("approver")
    assert GONE in shown("support")
    assert GONE not in shown("campaign")
    approve(approval, at=ERASED_AT)
    assert GONE not in shown("approver")
    assert REASON in shown("auditor")


def test_a_reason_names_nobody() -> None:
    EntryFactory.create(wester_id=GONE)

    with pytest.raises(UnfitReason, match="leave the WESTER ID out"):
        erasing.request_erasure(
            wester_id=GONE, reason=f"{GONE} asked", actor=person("support"), at=ERASED_AT
        )


def test_nobody_unknown_is_erased() -> None:
    with pytest.raises(UnknownMember, match="Nothing is stored"):
        erasure_request("W9")


@pytest.mark.parametrize("role", ["approver", "auditor", "campaign"])
def test_a_role_that_may_not_ask_for_it(role: str) -> None:
    EntryFactory.create(wester_id=GONE)

    with pytest.raises(approvals.NotPermitted):
        erasure_request(GONE, actor=person(role))


def test_a_repeat_changes_nothing() -> None:
    EntryFactory.create(wester_id=GONE)
    asking, approver = person("support"), person("approver")
    approval = erasure_request(GONE, actor=asking)

    assert erasure_request(GONE, actor=asking) == approval
    approve(approval, approver, at=ERASED_AT)
    before = rows_of_everything()
    approve(approval, approver, at=ERASED_AT)
    again = erasing.request_erasure(wester_id=GONE, reason=REASON, actor=asking, at=ERASED_AT)
    assert again == (None, {})
    assert rows_of_everything() == before


def test_an_account_of_staff_stays() -> None:
    member = MemberFactory.create(wester_id=GONE, user__is_staff=True)

    erased(GONE)

    assert User.objects.filter(pk=member.user_id).exists()
    assert not Member.objects.exists()


# The function itself, as an attacker with the application's role calls it

CALL = "SELECT points_erase_member(%s, %s, now())"


def call(approval: int, wester_id: str, **numbers: str) -> None:
    hashes = {
        "wester_id": {wester_id: hash_identifier("wester_id", wester_id)},
        "ex_member_no": numbers,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CALL, [approval, json.dumps(hashes)])


def test_the_function_asks_for_the_approval_itself() -> None:
    EntryFactory.create(wester_id=GONE)
    approval = erasure_request(GONE)
    EntryFactory.create(wester_id=STAYS)
    refused_one = erasure_request(STAYS)
    approvals.refuse(approval_id=refused_one.pk, actor=person("approver"), at=ERASED_AT)
    before = rows_of_everything()

    for number, wester_id in ((approval.pk, GONE), (refused_one.pk, STAYS), (0, GONE)):
        with pytest.raises(DatabaseError, match="no erasure that waits was approved"):
            call(number, wester_id)
    assert rows_of_everything() == before


def test_the_function_takes_an_approval_once_and_for_its_member() -> None:
    EntryFactory.create(wester_id=GONE)
    EntryFactory.create(wester_id=STAYS)
    approval = approve(erasure_request(GONE), at=ERASED_AT)
    before = rows_of_everything()

    for wester_id in (GONE, STAYS):
        with pytest.raises(DatabaseError, match="no erasure that waits was approved"):
            call(approval.pk, wester_id)
    assert rows_of_everything() == before


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"other": {"x": "0" * 64}}, id="of another kind"),
        pytest.param({"wester_id": {STAYS: "0" * 64}}, id="another WESTER ID"),
    ],
)
def test_the_function_marks_no_other_identifier_as_erased(more: dict[str, Any]) -> None:
    EntryFactory.create(wester_id=GONE)
    approval = erasure_request(GONE)
    hashes: dict[str, Any] = {"wester_id": {GONE: hash_identifier("wester_id", GONE)}}
    for kind, identifiers in more.items():
        hashes[kind] = hashes.get(kind, {}) | identifiers
    with as_owner(), every_trigger_off():
        Approval.objects.filter(pk=approval.pk).update(
            state="approved", decided_by=person("approver").user, decided_at=ERASED_AT
        )

    with transaction.atomic(), connection.cursor() as cursor:
        refused = pytest.raises(DatabaseError, match="no erasure that waits was approved")
        with refused, transaction.atomic():
            cursor.execute(CALL, [approval.pk, json.dumps(hashes)])
        cursor.execute(
            CALL,
            [
                approval.pk,
                json.dumps({"wester_id": {GONE: hashes["wester_id"][GONE]}, "ex_member_no": {}}),
            ],
        )


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("SELECT points_remove_member(%s, 'erased:1:', '{}', 1)", id="the function"),
        pytest.param("DELETE FROM entries_entry WHERE wester_id = %s", id="by itself"),
    ],
)
def test_the_application_removes_nobody_without_an_approval(statement: str) -> None:
    """Not even with the setting by which the owner's functions pass the triggers."""
    EntryFactory.create(wester_id=GONE)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('dodonto.removal', 'on', TRUE)")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(statement, [GONE])
    assert Entry.objects.filter(wester_id=GONE).exists()


def test_what_lets_the_owner_pass_does_not_outlast_an_erasure() -> None:
    EntryFactory.create(wester_id=GONE)
    erased(GONE)
    erasing.count_rows(GONE)

    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(current_setting('dodonto.removal', TRUE), '')")
        assert cursor.fetchone() == ("",)


def test_the_function_refuses_an_open_draw() -> None:
    campaign = closed_campaign(TWO)
    approval = erasure_request(GONE)
    frozen_draw(campaign=campaign)
    Approval.objects.filter(pk=approval.pk).update(
        state="approved", decided_by=person("approver").user, decided_at=ERASED_AT
    )

    with pytest.raises(DatabaseError, match="a draw of the member is open"):
        call(approval.pk, GONE)


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param({}, id="a number that is left out"),
        pytest.param({"X1": "1" * 64, "X2": "2" * 64}, id="somebody else's number"),
    ],
)
def test_the_function_takes_the_numbers_that_are_registered(numbers: dict[str, str]) -> None:
    for member, number in ((GONE, "X1"), (STAYS, "X2")):
        RegistrationFactory.create(ex_member_no=number, wester_id=member)
    approval = erasure_request(GONE)
    Approval.objects.filter(pk=approval.pk).update(
        state="approved", decided_by=person("approver").user, decided_at=ERASED_AT
    )

    with pytest.raises(DatabaseError, match="the EX numbers are those that are registered"):
        call(approval.pk, GONE, **numbers)


# What the table of erasures refuses


def test_an_erasure_is_written_by_its_function_only() -> None:
    EntryFactory.create(wester_id=GONE)
    EntryFactory.create(wester_id=STAYS)
    done = erased(GONE)
    erasure_request(STAYS)
    approval = done.approval_id

    with refused_as("erasure_begins_as_a_request"):
        sql(
            "INSERT INTO points_erasure (wester_id, hash, reason, approval_id, erased_at, tables)"
            " SELECT 'W9', hash, reason, approval_id, erased_at, tables FROM points_erasure"
            " WHERE approval_id IS NOT NULL"
        )
    with refused_as("erasure_carried_out_by_its_function"):
        sql("UPDATE points_erasure SET wester_id = 'W9' WHERE wester_id = %s", STAYS)
    with refused_as("erasure_stays_once_carried_out"):
        sql("UPDATE points_erasure SET reason = 'Another' WHERE approval_id = %s", approval)
    assert sql("UPDATE points_erasure SET reason = 'Another' WHERE wester_id = %s", STAYS) == 1
    with refused_as("erasure_never_deleted"):
        sql("DELETE FROM points_erasure WHERE wester_id = %s", STAYS)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with refused_as("erasure_never_truncated"):
        sql("TRUNCATE points_erasure")


INSERT_ERASURE = """
INSERT INTO points_erasure (wester_id, hash, reason, erased_at)
VALUES (%(wester_id)s, %(hash)s, %(reason)s, %(erased_at)s)"""


@pytest.mark.parametrize(
    ("guard", "values"),
    [
        pytest.param("erasure_one_per_member", {"wester_id": STAYS}, id="a second case"),
        pytest.param("erasure_asked_or_erased", {"erased_at": ERASED_AT}, id="half erased"),
        pytest.param("erasure_of_an_identifier", {"wester_id": ".*"}, id="a pattern"),
        pytest.param("erasure_says_why", {"reason": ""}, id="without a reason"),
    ],
)
def test_an_erasure_is_not(guard: str, values: dict[str, Any]) -> None:
    EntryFactory.create(wester_id=STAYS)
    erasure_request(STAYS)
    fit: dict[str, Any] = {"wester_id": "W9", "hash": "0" * 64, "reason": REASON, "erased_at": None}

    with refused_as(guard), connection.cursor() as cursor:
        cursor.execute(INSERT_ERASURE, fit | values)
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ERASURE, fit)


def test_an_approval_is_of_one_erasure() -> None:
    EntryFactory.create(wester_id=GONE)
    EntryFactory.create(wester_id=STAYS)
    erased(GONE)
    erasure_request(STAYS)

    with refused_as("points_erasure_approval_id_key"), every_trigger_off():
        sql(
            "UPDATE points_erasure SET (approval_id, erased_at, tables) = ("
            " SELECT approval_id, erased_at, tables FROM points_erasure WHERE tables IS NOT NULL"
            ") WHERE wester_id = %s",
            STAYS,
        )


def test_an_erased_identifier_is_a_hash() -> None:
    with as_owner():
        ErasedIdentifier.objects.create(hash="0" * 64, case_no=1)

    with refused_as("erasedidentifier_hash_is_hex"):
        ErasedIdentifier.objects.create(hash="W1", case_no=1)


# By command


def test_erase_is_a_command(settings: Settings) -> None:
    settings.CAMPAIGN_NOW = MovedClock(ERASED_AT, runs=False)
    UserFactory.create(username="asking", role="support")
    EntryFactory.create(wester_id=GONE)
    words = ("member", "erase", GONE, "--reason", REASON, "--by", "asking")
    counts = {"entries_entry": 1}

    assert run_json(*words, "--dry-run") == {"case": ANY, "tables": counts, "approval": None}
    assert not Erasure.objects.exists()
    asked_for = run_json(*words)

    case = Erasure.objects.get().pk
    assert asked_for == {
        "case": case,
        "tables": counts,
        "approval": asked_for["approval"],
        "content_sha256": ANY,
    }
    approve(asked_for["approval"], at=ERASED_AT)
    assert run_json(*words) == {"case": None, "tables": {}, "approval": None}
    unknown = ("member", "erase", "W9", "--reason", REASON, "--by", "asking")
    assert refused(*unknown) == "Nothing is stored under this WESTER ID."
