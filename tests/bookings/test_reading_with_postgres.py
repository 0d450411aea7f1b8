"""Chunks of the reader, copied by a real COPY."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from bookings.definitions import BOOKINGS, EX_REGISTRATIONS, FeedDefinition
from bookings.reading import open_feed_file
from bookings.values import AMOUNT, DATE, NUMBER, TIMESTAMP
from tests.bookings.test_values import GOOD
from tests.feedfiles import Row, booking_row, registration_row, write_feed_file

pytestmark = pytest.mark.django_db

TYPES = {TIMESTAMP: "timestamptz", DATE: "date", AMOUNT: "integer", NUMBER: "integer"}
AWKWARD_NAMES = [
    "\\.",
    "\\N",
    "\\",
    "\\\\",
    "\\t",
    "\\x41",
    "\\101",
    "a\tb",
    "a\nb",
    "a\r\nb",
    "\r",
    "\n",
    ",",
    '"',
    " a ",
    "\ufeff",
    "\x1f",
    "\x7f",
    "\u2028",
    "駅\U0001f686",
    "e\u0301",
    "é",
]


def copied(
    folder: Path,
    definition: FeedDefinition,
    rows: Sequence[Row],
    *,
    datestyle: str = "ISO",
    **options: Any,
) -> list[tuple[Any, ...]]:
    """Return the rows of a file as they stand in a table that COPY has filled."""
    columns = ["record bigint"]
    columns += [f"{column.name} {TYPES.get(column.kind, 'text')}" for column in definition.columns]
    columns += [f"{column.name} bytea" for column in definition.computed]
    path = write_feed_file(folder, rows, definition=definition, **options)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS staged")
        cursor.execute(f"CREATE TEMPORARY TABLE staged ({', '.join(columns)}) ON COMMIT DROP")
        cursor.execute("SELECT set_config('datestyle', %s, true)", [datestyle])
        cursor.execute("SET LOCAL timezone TO 'America/New_York'")
        with cursor.copy("COPY staged FROM STDIN") as copy:
            for chunk in open_feed_file(path, {definition.name: definition}).chunks():
                assert chunk.bad == []
                copy.write(chunk.rows)
        cursor.execute("SET LOCAL datestyle TO 'ISO'; SET LOCAL timezone TO 'UTC'")
        cursor.execute("SELECT * FROM staged ORDER BY record")
        return list(cursor.fetchall())


def instant_of(text: str) -> datetime:
    """Return the instant that a timestamp of the contract names, by arithmetic of our own."""
    day, clock = text.split("T")
    offset = timedelta(0)
    if clock.endswith("Z"):
        clock = clock[:-1]
    else:
        clock, sign, hours, minutes = clock[:-6], clock[-6], clock[-5:-3], clock[-2:]
        offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    clock, _, fraction = clock.partition(".")
    year, month, day_of_month = map(int, day.split("-"))
    hour, minute, second = map(int, clock.split(":"))
    microsecond = int(fraction.ljust(6, "0"))
    zone = timezone(offset)
    return datetime(year, month, day_of_month, hour, minute, second, microsecond, zone)


@pytest.mark.parametrize("datestyle", ["ISO, MDY", "German", "SQL, DMY"])
def test_postgres_reads_the_instant_that_was_written(tmp_path: Path, datestyle: str) -> None:
    texts = [text for kind, text, _ in GOOD if kind is TIMESTAMP]
    texts += [f"2024-12-20T10:00:00{sign}{hours:02}:30" for sign in "+-" for hours in range(16)]

    rows = copied(
        tmp_path,
        BOOKINGS,
        [booking_row(occurred_at=text) for text in texts],
        datestyle=datestyle,
    )

    found = [row[3].astimezone(UTC) for row in rows]
    assert found == [instant_of(text).astimezone(UTC) for text in texts]


def test_postgres_reads_dates_amounts_and_nulls(tmp_path: Path) -> None:
    [row] = copied(
        tmp_path,
        BOOKINGS,
        [booking_row(wester_id="", travel_date="2099-12-31", amount_yen="9999999", item_no="99")],
    )

    assert (row[0], row[7], row[8:10]) == (1, 99, (None, None))
    assert (row[11], row[16]) == (date(2099, 12, 31), 9_999_999)


@pytest.mark.parametrize("quoting", [0, 1], ids=["quoted where needed", "all quoted"])
def test_postgres_reads_every_sign_of_a_name(tmp_path: Path, quoting: int) -> None:
    journeys = [f"{name}:a>b|c:d>{name}" for name in AWKWARD_NAMES]

    rows = copied(
        tmp_path, BOOKINGS, [booking_row(journey=text) for text in journeys], quoting=quoting
    )

    assert sorted(row[12] for row in rows) == sorted(journeys)


def test_postgres_reads_the_text_that_decides_ties(tmp_path: Path) -> None:
    rows = [registration_row(), registration_row(points_registered_at="")]

    found = copied(tmp_path, EX_REGISTRATIONS, rows)

    assert [bytes(row[-1]) for row in found] == [
        "\x1f".join(map(str, row.values())).encode() for row in rows
    ]
    assert found[1][4] is None
