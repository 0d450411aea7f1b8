"""The statements that apply booking events, from the temporary table ``staged``.

Source: docs/specs/feeds.md 1.7, 1.8, 2.2.
"""

KEY = ("reservation_no", "item_no", "booking_service")
# What a booking has of its latest event.
VALUES = (
    "wester_id",
    "ex_member_no",
    "travel_date",
    "journey",
    "sales_channel",
    "product_kind",
    "payment_method",
    "amount_yen",
)
PLACE = ("latest_holds", "latest_occurred_at", "latest_event_id")
FLAGS = ("cancelled", "refunded", "stopover", "used", "changed_by_phone")
EVENT = ("event_id", "event_type", "occurred_at", "operated_via", *KEY, "booked_at", *VALUES)
FOLDED = (*VALUES, *PLACE)


def listed(columns: tuple[str, ...], of: str = "") -> str:
    """Return the columns as a list of SQL, each of the table ``of``."""
    return ", ".join(f"{of}.{column}" if of else column for column in columns)


CREATE_STAGED = f"""
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT 0::bigint AS record, {listed(EVENT)} FROM bookings_bookingevent WITH NO DATA"""

# No index: a journey may be longer than an index takes.
CREATE_RESOLVED = """
CREATE TEMPORARY TABLE resolved ON COMMIT DROP AS
SELECT journey, operators, ''::varchar(40) AS reason FROM bookings_booking WITH NO DATA"""
JOURNEYS = "SELECT DISTINCT journey FROM staged"
COPY_RESOLVED = "COPY resolved (journey, operators, reason) FROM STDIN"
UNRESOLVED = "resolved WHERE resolved.journey = staged.journey AND resolved.reason <> ''"

# Writes bookings_bookingevent. Of two rows of one event the first in the file goes first, and the
# key's index is written from left to right, however large it has grown.
APPEND_EVENTS = f"""
INSERT INTO bookings_bookingevent ({listed(EVENT)})
SELECT {listed(EVENT)} FROM staged ORDER BY event_id, record
ON CONFLICT (event_id) DO NOTHING"""

# Reads bookings_bookingevent by its key. What was just appended equals itself.
CONFLICTING = f"""
bookings_bookingevent AS event WHERE event.event_id = staged.event_id
AND ({listed(EVENT, "event")}) IS DISTINCT FROM ({listed(EVENT, "staged")})"""

# Reads bookings_booking by booking_once. The fold of these events joined with the state that
# stands: the later place has the values, the earlier booking its instant, no flag is taken back.
# Only bookings that are new or become different are in it. A duplicate among the events does no
# harm: joining it a second time changes nothing.
FOLD = f"""
CREATE TEMPORARY TABLE changed ON COMMIT DROP AS
WITH folded AS (
    SELECT {listed((*KEY, *VALUES))},
        event_type IN ('booked', 'changed', 'used') AS latest_holds,
        occurred_at AS latest_occurred_at,
        event_id AS latest_event_id,
        min(booked_at) OVER booking AS booked_at,
        bool_or(event_type = 'cancelled') OVER booking AS cancelled,
        bool_or(event_type = 'refunded') OVER booking AS refunded,
        bool_or(event_type = 'stopover') OVER booking AS stopover,
        bool_or(event_type = 'used') OVER booking AS used,
        bool_or(
            event_type = 'changed' AND operated_via = 'phone' AND booking_service = 'e5489'
        ) OVER booking AS changed_by_phone,
        row_number() OVER booking AS place
    FROM staged
    WINDOW booking AS (
        PARTITION BY {listed(KEY)}
        ORDER BY event_type IN ('booked', 'changed', 'used') DESC, occurred_at DESC, event_id DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
)
SELECT old.id, old.wester_id AS old_wester_id, old.ex_member_no AS old_ex_member_no,
    {listed(KEY, "folded")},
    {", ".join(f"CASE WHEN is_later THEN folded.{c} ELSE old.{c} END AS {c}" for c in FOLDED)},
    CASE WHEN is_later THEN resolved.operators ELSE old.operators END AS operators,
    LEAST(folded.booked_at, old.booked_at) AS booked_at,
    {", ".join(f"folded.{flag} OR COALESCE(old.{flag}, FALSE) AS {flag}" for flag in FLAGS)}
FROM folded
JOIN resolved ON resolved.journey = folded.journey
LEFT JOIN bookings_booking AS old ON ({listed(KEY, "old")}) = ({listed(KEY, "folded")})
CROSS JOIN LATERAL (
    SELECT old.id IS NULL OR ({listed(PLACE, "folded")}) > ({listed(PLACE, "old")}) AS is_later
) AS judged
WHERE folded.place = 1 AND (
    is_later OR folded.booked_at < old.booked_at
    OR {" OR ".join(f"folded.{flag} AND NOT old.{flag}" for flag in FLAGS)}
)"""

WRITTEN = (*FOLDED, "operators", "booked_at", *FLAGS)

# Writes bookings_booking by its primary key.
UPDATE_BOOKINGS = f"""
UPDATE bookings_booking AS booking
SET {", ".join(f"{column} = changed.{column}" for column in WRITTEN)}
FROM changed WHERE booking.id = changed.id"""

# Writes bookings_booking. Nobody else inserts: the feed's lock is ours.
INSERT_BOOKINGS = f"""
INSERT INTO bookings_booking ({listed((*KEY, *WRITTEN))})
SELECT {listed((*KEY, *WRITTEN))} FROM changed WHERE id IS NULL"""

# Writes bookings_membermark: whose booking it is, and whose it was. One of nobody marks nobody.
MARK_MEMBERS = """
INSERT INTO bookings_membermark (wester_id, ex_member_no)
SELECT wester_id, ex_member_no FROM changed
WHERE wester_id IS NOT NULL OR ex_member_no IS NOT NULL
UNION
SELECT old_wester_id, old_ex_member_no FROM changed
WHERE old_wester_id IS NOT NULL OR old_ex_member_no IS NOT NULL"""
