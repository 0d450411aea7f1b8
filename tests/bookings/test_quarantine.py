"""Rows in quarantine: tried again when our data have changed, settled by a person."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation

from bookings.booking_feed import BOOKING_FEED
from bookings.feeds import index_feeds
from bookings.loading import load_file
from bookings.models import Booking, BookingEvent, FeedFile, QuarantinedRow, Service, Stop
from bookings.quarantine import (
    ReasonMissing,
    RowNotOpen,
    delivered_text,
    dismiss_row,
    open_row_warnings,
    open_rows,
    replay_rows,
)
from bookings.registration_feed import REGISTRATION_FEED
from tests.bookings.tables import bookings_state, marks, quarantined
from tests.factories.bookings import FeedFileFactory, QuarantinedRowFactory
from tests.feedfiles import booking_row, write_feed_file

pytestmark = pytest.mark.django_db
FEEDS = index_feeds(BOOKING_FEED, REGISTRATION_FEED)
NOW = datetime(2025, 1, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
BLUE_BIRD = "青い鳥:大阪>敦賀"


def load(folder: Path, *rows: dict[str, object], sequence: int = 1, encoding: str = "utf-8") -> str:
    path = write_feed_file(folder, rows, sequence=sequence, encoding=encoding)
    load_file(path=path, feeds=FEEDS, loaded_at=NOW)
    return path.name


def run_blue_bird(*stations: str) -> None:
    """Add the train with these stops to the network."""
    service, _ = Service.objects.get_or_create(name="青い鳥")
    for seq, station in enumerate(stations, 1):
        operator = "JR West" if seq < len(stations) else None
        Stop.objects.create(
            service=service, seq=seq, station=station, operator_to_next=operator, kind="stop"
        )


def statuses() -> list[tuple[str, str]]:
    return list(QuarantinedRow.objects.order_by("id").values_list("status", "reason"))


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_replay_applies_rows_whose_cause_is_mended(tmp_path: Path, encoding: str) -> None:
    load(tmp_path, booking_row(journey=BLUE_BIRD), encoding=encoding)
    run_blue_bird("大阪", "敦賀")

    replayed = replay_rows(feeds=FEEDS, at=LATER)

    row = QuarantinedRow.objects.get()
    assert (list(replayed.tried), replayed.settled) == ([row.pk], 1)
    assert (row.status, row.settled_at, row.settled_by) == ("replayed", LATER, "")
    assert Booking.objects.get().operators == ["JR West"]
    assert marks() == [("W1", None)]


def test_replay_again_changes_nothing(tmp_path: Path) -> None:
    load(tmp_path, booking_row(journey=BLUE_BIRD))
    run_blue_bird("大阪", "敦賀")
    replay_rows(feeds=FEEDS, at=LATER)
    before = bookings_state(), marks(), statuses()

    assert replay_rows(feeds=FEEDS, at=LATER + timedelta(days=1)).tried == []
    assert (bookings_state(), marks(), statuses()) == before


def test_replay_leaves_open_what_does_not_pass_yet_with_its_reason_of_today(tmp_path: Path) -> None:
    load(tmp_path, booking_row(journey=BLUE_BIRD))
    run_blue_bird("大阪", "京都")

    assert replay_rows(feeds=FEEDS, at=LATER).settled == 0

    assert statuses() == [("open", "unknown_station")]
    assert not BookingEvent.objects.exists()


def test_replay_settles_what_has_become_a_duplicate(tmp_path: Path) -> None:
    load(tmp_path, booking_row(journey=BLUE_BIRD))
    run_blue_bird("大阪", "敦賀")
    load(tmp_path, booking_row(journey=BLUE_BIRD), booking_row(event_id="E2"), sequence=2)
    before = bookings_state(), marks()

    assert replay_rows(feeds=FEEDS, at=LATER).settled == 1

    assert statuses() == [("replayed", "unknown_service")]
    assert (bookings_state(), marks()) == before


def test_replay_leaves_a_conflict_to_a_person(tmp_path: Path) -> None:
    load(tmp_path, booking_row(journey=BLUE_BIRD))
    load(tmp_path, booking_row(), sequence=2)
    run_blue_bird("大阪", "敦賀")

    assert replay_rows(feeds=FEEDS, at=LATER).settled == 0
    assert statuses() == [("open", "conflicting_event")]
    assert replay_rows(feeds=FEEDS, at=LATER).tried == []


def test_replay_applies_the_first_of_two_that_conflict(tmp_path: Path) -> None:
    load(tmp_path, booking_row(journey=BLUE_BIRD, amount_yen="1"))
    load(tmp_path, booking_row(journey=BLUE_BIRD, amount_yen="2"), sequence=2)
    run_blue_bird("大阪", "敦賀")

    replay_rows(feeds=FEEDS, at=LATER)

    assert statuses() == [("replayed", "unknown_service"), ("open", "conflicting_event")]
    assert BookingEvent.objects.get().amount_yen == 1


def test_replay_lets_rows_lie_that_are_bad_by_themselves(tmp_path: Path) -> None:
    name = load(tmp_path, booking_row(item_no="0"), booking_row(event_id="E2"))

    assert replay_rows(feeds=FEEDS, at=LATER).tried == []
    assert quarantined() == [(name, 1, "bad_number")]


def test_replay_leaves_the_counts_of_the_file(tmp_path: Path) -> None:
    load(tmp_path, booking_row(journey=BLUE_BIRD))
    run_blue_bird("大阪", "敦賀")

    replay_rows(feeds=FEEDS, at=LATER)

    file = FeedFile.objects.get()
    assert (file.applied, file.quarantined) == (0, 1)


def test_dismiss_settles_a_row(tmp_path: Path) -> None:
    load(tmp_path, booking_row(item_no="0"))
    row = open_rows().get()

    dismiss_row(row=row.pk, reason=" not ours ", by="ops", at=LATER)

    row.refresh_from_db()
    assert (row.status, row.note, row.settled_by, row.settled_at) == (
        "dismissed",
        "not ours",
        "ops",
        LATER,
    )
    assert not open_rows().exists()


def test_dismiss_refuses_a_row_that_is_settled(tmp_path: Path) -> None:
    load(tmp_path, booking_row(item_no="0"))
    row = open_rows().get()
    dismiss_row(row=row.pk, reason="not ours", by="ops", at=LATER)

    with pytest.raises(RowNotOpen):
        dismiss_row(row=row.pk, reason="again", by="ops", at=LATER)


def test_dismiss_refuses_an_empty_reason(tmp_path: Path) -> None:
    load(tmp_path, booking_row(item_no="0"))

    with pytest.raises(ReasonMissing):
        dismiss_row(row=open_rows().get().pk, reason=" ", by="ops", at=LATER)


def test_open_row_warnings_count_the_rows_of_each_feed() -> None:
    for feed, count in (("bookings", 2), ("memberships", 1), ("entries", 1)):
        file = FeedFileFactory.create(feed=feed)
        for record in range(1, count + 1):
            QuarantinedRowFactory.create(file=file, record=record)
    QuarantinedRowFactory.create(
        status="dismissed", settled_at=NOW, settled_by="mari", note="not ours"
    )

    with translation.override("en"):
        assert open_row_warnings(["bookings", "memberships", "ex_registrations"]) == [
            "Rows of bookings in quarantine, which do not count: 2.",
            "Rows of memberships in quarantine, which do not count: 1.",
        ]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param("大阪".encode(), "大阪", id="UTF-8"),
        pytest.param(b"a\x00b", "a\x00b", id="NUL"),
        pytest.param(b"\x91\xe5\xff", "\x91\xe5\xff", id="bytes that are no UTF-8"),
        pytest.param("大".encode()[:2], "\xe5\xa4", id="a character cut off"),
    ],
)
def test_delivered_text_loses_no_byte(content: bytes, text: str) -> None:
    assert delivered_text(content) == text
