"""Of the events of one booking the same state comes, whatever their order and their files."""

from datetime import UTC, datetime
from itertools import chain, permutations
from pathlib import Path

import pytest

from bookings.booking_feed import BOOKING_FEED
from bookings.feeds import index_feeds
from bookings.loading import load_file
from bookings.models import Booking
from tests.feedfiles import booking_row, write_feed_file

pytestmark = pytest.mark.django_db
FEEDS = index_feeds(BOOKING_FEED)
NOW = datetime(2025, 1, 8, tzinfo=UTC)


def load_in_every_order(folder: Path, rows: list[dict[str, str]], *, at_once: bool) -> None:
    """Load the events of one booking in every order, each order as a booking of its own."""
    orders = [
        [
            booking_row(**row | {"event_id": f"{row['event_id']}-{n}", "reservation_no": f"R{n}"})
            for row in order
        ]
        for n, order in enumerate(permutations(rows))
    ]
    files = (
        [list(chain(*orders))] if at_once else [list(some) for some in zip(*orders, strict=True)]
    )
    for sequence, some in enumerate(files, 1):
        path = write_feed_file(folder, some, sequence=sequence)
        outcome = load_file(path=path, feeds=FEEDS, loaded_at=NOW)
        assert outcome.applied == len(some)


@pytest.mark.parametrize("at_once", [True, False], ids=["in one file", "in a file each"])
@pytest.mark.parametrize(
    ("rows", "latest"),
    [
        pytest.param(
            [
                {"event_id": "E10", "amount_yen": "10"},
                {"event_id": "E9", "event_type": "changed", "amount_yen": "9"},
                {"event_id": "e1", "event_type": "changed", "amount_yen": "1"},
            ],
            "e1",
            id="at one instant, the greater event as bytes",
        ),
        pytest.param(
            [
                {"event_id": "E3", "occurred_at": "2024-12-20T10:00:00+09:00"},
                {"event_id": "E2", "occurred_at": "2024-12-20T01:00:00.000001Z"},
                {"event_id": "E1", "occurred_at": "2024-12-20T10:00:00.000002+09:00"},
            ],
            "E1",
            id="a microsecond later, whatever their names",
        ),
        pytest.param(
            [
                {"event_id": "E1", "event_type": "used", "amount_yen": "1"},
                {"event_id": "E2", "event_type": "stopover", "amount_yen": "2"},
                {"event_id": "E3", "event_type": "cancelled", "amount_yen": "3"},
            ],
            "E1",
            id="a purchase event, before later events of other types",
        ),
    ],
)
def test_load_file_takes_the_values_of_the_latest_event_in_any_order(
    rows: list[dict[str, str]], latest: str, at_once: bool, tmp_path: Path
) -> None:
    load_in_every_order(tmp_path, rows, at_once=at_once)

    wanted = next(row for row in rows if row["event_id"] == latest)
    for booking in Booking.objects.all():
        assert booking.latest_event_id.startswith(f"{latest}-")
        assert str(booking.amount_yen) == wanted.get("amount_yen", "9410")
    assert Booking.objects.count() == 6


@pytest.mark.parametrize("at_once", [True, False], ids=["in one file", "in a file each"])
@pytest.mark.parametrize("earliest", [0, 1, 2], ids=["of the first", "between", "of the last"])
def test_load_file_takes_the_earliest_instant_of_booking_in_any_order(
    earliest: int, at_once: bool, tmp_path: Path
) -> None:
    booked = ["2024-12-20T10:00:00.000001+09:00"] * 3
    booked[earliest] = "2024-12-20T10:00:00+09:00"
    rows = [
        {"event_id": f"E{n}", "event_type": "changed", "occurred_at": f"2024-12-2{n}T00:00:00Z"}
        | {"booked_at": booked[n]}
        for n in range(3)
    ]

    load_in_every_order(tmp_path, rows, at_once=at_once)

    instants = Booking.objects.values_list("booked_at", flat=True)
    assert list(instants) == [datetime(2024, 12, 20, 1, tzinfo=UTC)] * 6
