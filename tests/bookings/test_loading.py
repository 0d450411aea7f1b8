"""Loading one file after another: what is applied, stored, refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from bookings import loading
from bookings.booking_feed import BOOKING_FEED
from bookings.feeds import index_feeds
from bookings.loading import FileOutcome, load_file
from bookings.models import Booking, BookingEvent, ExRegistration, FeedFile, QuarantinedRow
from bookings.registration_feed import REGISTRATION_FEED
from tests.bookings.tables import bookings_state, marks, quarantined, whole
from tests.feedfiles import (
    booking_row,
    ex_booking_row,
    registration_row,
    write_feed_file,
    write_manifest,
    write_registrations,
)

pytestmark = pytest.mark.django_db
FEEDS = index_feeds(BOOKING_FEED, REGISTRATION_FEED)
NOW = datetime(2025, 1, 8, tzinfo=UTC)


def load(path: Path, at: datetime = NOW) -> FileOutcome:
    return load_file(path=path, feeds=FEEDS, loaded_at=at)


def test_load_file_stores_events_bookings_and_the_file(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row(), booking_row(event_id="E2", item_no=2)])

    outcome = load(path)

    name = "bookings-20250107-001.csv"
    assert outcome == FileOutcome(name, "bookings", "loaded", rows=2, applied=2)
    assert {booking.key_text for booking in Booking.objects.all()} == {"e5489/R1/1", "e5489/R1/2"}
    assert BookingEvent.objects.count() == 2
    assert marks() == [("W1", None)]
    (file,) = whole(FeedFile)
    assert (file["name"], file["status"], file["encoding"], file["tried_at"]) == (
        name,
        "loaded",
        "utf-8",
        NOW,
    )


def test_load_file_again_changes_nothing_under_any_name(tmp_path: Path) -> None:
    rows = [booking_row()]
    load(write_feed_file(tmp_path, rows))
    before = bookings_state(), whole(FeedFile), marks()

    again = load(write_feed_file(tmp_path, rows))
    renamed = load(write_feed_file(tmp_path, rows, sequence=2))

    assert [again.status, renamed.status] == ["already_loaded", "already_loaded"]
    assert (again.rows, again.applied, again.duplicates) == (0, 0, 0)
    assert (bookings_state(), whole(FeedFile), marks()) == before


def test_load_file_packed_again_finds_duplicates(tmp_path: Path) -> None:
    load(write_feed_file(tmp_path, [booking_row()]))

    outcome = load(write_feed_file(tmp_path, [booking_row()], packed=True))

    assert (outcome.status, outcome.applied, outcome.duplicates) == ("loaded", 0, 1)
    assert marks() == [("W1", None)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"journey": "青い鳥:大阪>敦賀"}, "unknown_service", id="no such train"),
        pytest.param(
            {"journey": "サンダーバード:大阪>東京"}, "unknown_station", id="no stop there"
        ),
        pytest.param({"item_no": "100"}, "bad_number", id="bad by itself"),
        pytest.param({"event_id": "E1"}, "conflicting_event", id="an event with other content"),
    ],
)
def test_load_file_quarantines_a_row_and_applies_the_others(
    change: dict[str, str], reason: str, tmp_path: Path
) -> None:
    rows = [booking_row(), booking_row(**{"event_id": "E2", "amount_yen": "1"} | change)]
    rows.append(booking_row(event_id="E3", reservation_no="R3"))
    path = write_feed_file(tmp_path, rows)

    outcome = load(path)

    assert (outcome.rows, outcome.applied, outcome.quarantined) == (3, 2, 1)
    assert quarantined() == [(path.name, 2, reason)]
    kept = QuarantinedRow.objects.get()
    assert bytes(kept.content) == path.read_bytes().splitlines()[2]
    assert set(BookingEvent.objects.values_list("event_id", flat=True)) == {"E1", "E3"}


def test_load_file_stores_the_delivered_bytes_of_cp932(tmp_path: Path) -> None:
    rows = [booking_row(journey="青い鳥:大阪>敦賀")]

    load(write_feed_file(tmp_path, rows, encoding="cp932"))

    assert "青い鳥".encode("cp932") in bytes(QuarantinedRow.objects.get().content)


def test_load_file_applies_what_was_first_in_the_file(tmp_path: Path) -> None:
    # Sorted by reservation or amount the second would come first.
    rows = [booking_row(reservation_no="R9", amount_yen="9"), booking_row(amount_yen="1")]

    load(write_feed_file(tmp_path, rows))

    assert BookingEvent.objects.get().amount_yen == 9
    assert [booking.key_text for booking in Booking.objects.all()] == ["e5489/R9/1"]


def test_load_file_compares_instants_and_not_their_spelling(tmp_path: Path) -> None:
    load(write_feed_file(tmp_path, [booking_row(occurred_at="2024-12-20T10:00:00+09:00")]))
    spelled = [booking_row(occurred_at="2024-12-20T01:00:00.000Z")]

    outcome = load(write_feed_file(tmp_path, spelled, sequence=2))

    assert (outcome.applied, outcome.duplicates, outcome.quarantined) == (0, 1, 0)


NOBODY, SOMEBODY = {"wester_id": ""}, {"wester_id": "W1"}


@pytest.mark.parametrize("at_once", [True, False], ids=["in one file", "in two files"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(NOBODY, SOMEBODY, id="a value where there was none"),
        pytest.param(SOMEBODY, NOBODY, id="none where there was a value"),
    ],
)
def test_load_file_takes_a_value_and_none_for_other_content(
    first: dict[str, str], second: dict[str, str], at_once: bool, tmp_path: Path
) -> None:
    rows = [booking_row(**first), booking_row(**second)]
    files = [rows] if at_once else [[row] for row in rows]

    for sequence, some in enumerate(files, 1):
        outcome = load(write_feed_file(tmp_path, some, sequence=sequence))

    assert (outcome.duplicates, outcome.quarantined) == (0, 1)
    assert [reason for _file, _record, reason in quarantined()] == ["conflicting_event"]
    assert BookingEvent.objects.get().wester_id == (first["wester_id"] or None)


def test_load_file_finds_a_duplicate_among_rows_without_a_value(tmp_path: Path) -> None:
    load(write_feed_file(tmp_path, [booking_row(**NOBODY)]))

    outcome = load(write_feed_file(tmp_path, [booking_row(**NOBODY)], packed=True))

    assert (outcome.duplicates, outcome.quarantined) == (1, 0)


def test_load_file_marks_the_member_where_only_the_instant_of_booking_changes(
    tmp_path: Path,
) -> None:
    load(write_feed_file(tmp_path, [booking_row(event_id="E2")]))
    earlier = "2024-12-20T09:59:59+09:00"
    older = booking_row(event_id="E1", occurred_at=earlier, booked_at=earlier)

    load(write_feed_file(tmp_path, [older], sequence=2))

    assert marks() == [("W1", None)] * 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("", "2024-11-01T00:00:00+09:00", id="a value where there was none"),
        pytest.param("2024-11-01T00:00:00+09:00", "", id="none where there was a value"),
    ],
)
def test_load_file_takes_a_registration_with_a_value_and_one_without_for_two(
    first: str, second: str, tmp_path: Path
) -> None:
    load(write_registrations(tmp_path, [registration_row(points_registered_at=first)]))
    later = registration_row(points_registered_at=second, updated_at="2024-11-02T00:00:00Z")
    same = registration_row(points_registered_at=second)

    outcome = load(write_registrations(tmp_path, [same, later, later], sequence=2))

    assert (outcome.applied, outcome.duplicates) == (2, 1)
    assert (ExRegistration.objects.get().points_registered_at is None) == (second == "")
    assert marks() == [("W1", None)] * 2  # for what is registered changed


def test_load_file_marks_old_and_new_members_of_a_booking(tmp_path: Path) -> None:
    load(write_feed_file(tmp_path, [booking_row()]))
    later = "2024-12-21T10:00:00+09:00"
    changed = booking_row(event_id="E2", event_type="changed", occurred_at=later, wester_id="W2")

    load(write_feed_file(tmp_path, [changed], sequence=2))

    assert sorted(marks()[1:]) == [("W1", None), ("W2", None)]


def test_load_file_marks_no_member_where_no_booking_changes(tmp_path: Path) -> None:
    used = booking_row(event_type="used", occurred_at="2024-12-30T10:00:00+09:00")
    load(write_feed_file(tmp_path, [used]))
    before = marks()

    outcome = load(write_feed_file(tmp_path, [booking_row(event_id="E0")], sequence=2))

    assert outcome.applied == 1
    assert marks() == before


def test_load_file_marks_the_number_of_an_ex_booking(tmp_path: Path) -> None:
    load(write_feed_file(tmp_path, [ex_booking_row(journey="のぞみ:東京>新大阪")]))

    assert marks() == [(None, "X1")]


def test_load_file_marks_old_and_new_numbers_of_an_ex_booking(tmp_path: Path) -> None:
    values = {"journey": "のぞみ:東京>新大阪"}
    load(write_feed_file(tmp_path, [ex_booking_row(**values)]))
    later = {"event_type": "changed", "occurred_at": "2024-12-21T10:00:00+09:00"}
    changed = ex_booking_row(event_id="E2", ex_member_no="X2", **values, **later)

    load(write_feed_file(tmp_path, [changed], sequence=2))

    assert sorted(marks()[1:]) == [(None, "X1"), (None, "X2")]


def test_load_file_marks_old_and_new_member_of_a_registration(tmp_path: Path) -> None:
    load(write_registrations(tmp_path, [registration_row()]))
    renewed = registration_row(wester_id="W2", updated_at="2024-12-01T00:00:00Z")

    load(write_registrations(tmp_path, [renewed], sequence=2))

    assert sorted(marks()) == [("W1", None), ("W1", None), ("W2", None)]
    assert ExRegistration.objects.get().wester_id == "W2"


def test_load_file_lets_a_duplicate_win_the_tie_that_its_equal_lost(tmp_path: Path) -> None:
    at = "2024-12-01T00:00:00Z"
    lesser = registration_row(points_registered_at="2024-11-01T00:00:00Z", updated_at=at)
    middle = registration_row(points_registered_at="2024-11-01T05:00:00Z", updated_at=at)
    same = "2024-11-01T09:00:00+09:00"  # as an instant the lesser, as bytes the greatest
    greater = registration_row(points_registered_at=same, updated_at=at)

    for sequence, row in enumerate((lesser, middle, greater), 1):
        outcome = load(write_registrations(tmp_path, [row], sequence=sequence))

    assert (outcome.applied, outcome.duplicates) == (0, 1)
    assert ExRegistration.objects.get().points_registered_at == datetime(2024, 11, 1, tzinfo=UTC)


def test_load_file_stores_a_refusal_and_loads_corrected_content(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row()], manifest={"rows": 2})

    refused = load(path)
    load(path, NOW + timedelta(minutes=1))

    assert (refused.status, refused.reason) == ("refused", "row_count_differs")
    (kept,) = whole(FeedFile)
    assert (kept["status"], kept["reason"], kept["rows"]) == ("refused", "row_count_differs", 0)
    assert kept["tried_at"] == NOW + timedelta(minutes=1)
    assert bookings_state()["BookingEvent"] == []
    assert load(write_feed_file(tmp_path, [booking_row()])).status == "loaded"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        pytest.param(lambda beside: beside.unlink(), "no_manifest", id="no manifest"),
        pytest.param(lambda beside: beside.write_bytes(b"{"), "unreadable_manifest", id="no JSON"),
        pytest.param(
            lambda beside: write_manifest(
                beside.with_name(beside.name.removesuffix(".manifest.json")), {"version": 2}
            ),
            "unknown_version",
            id="another version",
        ),
    ],
)
def test_load_file_stores_refusals_under_the_real_checksum(
    spoil: Callable[[Path], Any], reason: str, tmp_path: Path
) -> None:
    path = write_feed_file(tmp_path, [booking_row()])
    sha256 = loading.delivered_sha256(path)
    spoil(path.with_name(path.name + ".manifest.json"))

    outcome = load(path)

    assert outcome.reason == reason
    assert FeedFile.objects.get().sha256 == sha256


def test_load_file_refuses_many_bad_rows_and_leaves_no_trace(tmp_path: Path) -> None:
    rows = [booking_row(event_id=f"E{n}", item_no="0" if n < 6 else "1") for n in range(100)]

    outcome = load(write_feed_file(tmp_path, rows))

    assert (outcome.status, outcome.reason) == ("refused", "too_many_bad_rows")
    assert not BookingEvent.objects.exists()
    assert not QuarantinedRow.objects.exists()


def test_load_file_does_not_count_what_our_data_reject_among_the_bad_rows(tmp_path: Path) -> None:
    rows = [booking_row(event_id=f"E{n}", journey="青い鳥:大阪>敦賀") for n in range(100)]

    outcome = load(write_feed_file(tmp_path, rows))

    assert (outcome.status, outcome.quarantined) == ("loaded", 100)


def test_load_file_of_nothing_but_a_header_is_loaded(tmp_path: Path) -> None:
    assert load(write_feed_file(tmp_path, [])).status == "loaded"


def test_load_file_of_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    path = write_feed_file(tmp_path, [booking_row()])
    path.unlink()

    assert load(path).reason == "unreadable_file"
    assert FeedFile.objects.get().sha256 == ""


def test_load_file_leaves_no_trace_when_its_last_write_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_feed_file(tmp_path, [booking_row(), booking_row(event_id="E2", item_no="0")])
    monkeypatch.setattr(loading, "read_sql", lambda *_: "SELECT %(file)s / 0")

    with pytest.raises(DatabaseError):
        load(path)

    monkeypatch.undo()
    assert not FeedFile.objects.exists()
    assert bookings_state()["Booking"] == []
    assert marks() == []
    assert load(path).applied == 1


def test_load_file_refuses_a_file_that_changes_during_the_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_feed_file(tmp_path, [booking_row(journey="青い鳥:大阪>敦賀")])
    monkeypatch.setattr(loading, "read_records", lambda *_: iter(()))

    assert load(path).reason == "checksum_differs"
    assert not QuarantinedRow.objects.exists()


def test_load_file_reports_its_progress(tmp_path: Path) -> None:
    reported = []
    path = write_feed_file(tmp_path, [booking_row(), booking_row(event_id="E2")])

    load_file(
        path=path,
        feeds=FEEDS,
        loaded_at=NOW,
        on_progress=lambda done, rows: reported.append((done, rows)),
    )

    assert reported == [(2, 2)]
