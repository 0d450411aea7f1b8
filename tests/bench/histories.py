"""Large feed files of mixed histories, written by the database itself."""

import hashlib
import json
from pathlib import Path

from django.db import connection

from bookings.definitions import BOOKINGS

CREATE_JOURNEYS = """
CREATE TEMPORARY TABLE some_journey AS
SELECT (row_number() OVER () - 1)::int AS place, journey FROM (
    SELECT service.name || ':' || one.station || '>' || other.station AS journey
    FROM bookings_service service
    JOIN bookings_stop one ON one.service_id = service.id AND one.kind = 'stop'
    JOIN bookings_stop other ON other.service_id = service.id AND other.kind = 'stop'
        AND other.id <> one.id
    ORDER BY md5(service.name || one.station || other.station) LIMIT 5000
) AS pairs"""

# A tenth of the bookings is only booked, a tenth is cancelled, two are changed and used, six are
# booked and used: 2.1 events each, in the order of time, so that those of a booking lie apart.
# Nothing follows from the number of a booking but by md5, as keys that are made elsewhere are.
HISTORIES = """
WITH booking AS (
    SELECT number, digest,
        ('x' || substr(digest, 1, 7))::bit(28)::int AS one,
        ('x' || substr(digest, 8, 7))::bit(28)::int AS two
    FROM generate_series(1, %(bookings)s) AS number,
        LATERAL (SELECT md5(%(salt)s || number) AS digest) AS digested
), event AS (
    SELECT booking.*, type, place, '2024-12-10T00:00:00Z'::timestamptz
        + make_interval(secs => one %% 1500000) AS booked_at
    FROM booking, LATERAL unnest(
        CASE WHEN two %% 10 < 6 THEN ARRAY['booked', 'used']
            WHEN two %% 10 < 8 THEN ARRAY['booked', 'changed', 'used']
            WHEN two %% 10 < 9 THEN ARRAY['booked', 'cancelled']
            ELSE ARRAY['booked'] END
    ) WITH ORDINALITY AS history (type, place)
), dated AS (
    SELECT event.*, booked_at + make_interval(secs => (place - 1) * (1 + two %% 500000)) AS at
    FROM event
)
SELECT 'E' || substr(md5(digest || dated.place), 1, 19) AS event_id,
    type AS event_type,
    to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD"T"HH24:MI:SS"+09:00"') AS occurred_at,
    CASE WHEN type = 'used' THEN 'gate' ELSE 'web' END AS operated_via,
    (ARRAY['e5489', 'smart_ex', 'ex_yoyaku', 'e5489'])[1 + one %% 4] AS booking_service,
    'R' || substr(digest, 15, 15) AS reservation_no,
    1 AS item_no,
    CASE WHEN one %% 4 IN (0, 3) THEN 'W' || two %% 300000 END AS wester_id,
    CASE WHEN one %% 4 NOT IN (0, 3) THEN 'X' || two %% 300000 END AS ex_member_no,
    to_char(booked_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD"T"HH24:MI:SS"+09:00"') AS booked_at,
    '2024-12-28' AS travel_date,
    journey,
    'web' AS sales_channel,
    'standard' AS product_kind,
    CASE WHEN one %% 4 IN (0, 3) THEN 'registered_card' ELSE 'other_card' END AS payment_method,
    1000 + two %% 30000 AS amount_yen
FROM dated JOIN some_journey ON some_journey.place = two %% 5000
ORDER BY at LIMIT %(rows)s"""
EVENTS_PER_BOOKING = 2.1


def write_histories(folder: Path, *, rows: int, sequence: int) -> Path:
    """Write a feed file of so many rows and its manifest; another sequence is other bookings."""
    path = folder / f"bookings-20250107-{sequence:03}.csv"
    values = {
        "rows": rows,
        "bookings": int(rows / EVENTS_PER_BOOKING * 1.05) + 10,
        "salt": f"{sequence}:",
    }
    digest = hashlib.sha256()
    with connection.cursor() as cursor, path.open("wb") as file:
        cursor.execute("DROP TABLE IF EXISTS some_journey")
        cursor.execute(CREATE_JOURNEYS)
        header = ",".join(BOOKINGS.header).encode() + b"\n"
        file.write(header)
        digest.update(header)
        with cursor.copy(f"COPY ({HISTORIES}) TO STDOUT WITH (FORMAT csv)", values) as copy:
            for block in copy:
                digest.update(block)
                file.write(block)
    manifest = {
        "feed": "bookings",
        "version": 1,
        "business_date": "2025-01-07",
        "sequence": sequence,
        "rows": rows,
        "sha256": digest.hexdigest(),
        "encoding": "utf-8",
    }
    path.with_name(path.name + ".manifest.json").write_text(json.dumps(manifest))
    return path
