-- fold_events: fold the staged events into bookings, and join them with the stored ones
-- Reads staged, resolved, bookings_booking; writes the temporary table changed. Uses booking_once.
-- Of the staged events and the stored booking: the later event has the values, booked_at is the
-- least, and no flag turns false again. Ticketing comes from the latest purchase event that has
-- one. Only bookings that are new or become different are in changed. A duplicate among the events
-- changes nothing.
CREATE TEMPORARY TABLE changed ON COMMIT DROP AS
WITH folded AS (
    SELECT
        reservation_no, item_no, booking_service,
        wester_id, ex_member_no, travel_date, journey,
        sales_channel, product_kind, payment_method, amount_yen,
        event_type IN ('booked', 'changed', 'used') AS purchase_known,
        occurred_at AS latest_occurred_at,
        event_id AS latest_event_id,
        (array_agg(ticketing) FILTER (
            WHERE ticketing IS NOT NULL AND event_type IN ('booked', 'changed', 'used')
        ) OVER booking)[1] AS ticketing,
        (array_agg(occurred_at) FILTER (
            WHERE ticketing IS NOT NULL AND event_type IN ('booked', 'changed', 'used')
        ) OVER booking)[1] AS ticketing_at,
        (array_agg(event_id) FILTER (
            WHERE ticketing IS NOT NULL AND event_type IN ('booked', 'changed', 'used')
        ) OVER booking)[1] AS ticketing_event_id,
        min(booked_at) OVER booking AS booked_at,
        bool_or(event_type = 'cancelled') OVER booking AS cancelled,
        bool_or(event_type = 'refunded') OVER booking AS refunded,
        bool_or(event_type = 'stopover') OVER booking AS stopover,
        bool_or(event_type = 'used') OVER booking AS used,
        bool_or(
            event_type = 'changed' AND operated_via = 'phone' AND booking_service = 'e5489'
        ) OVER booking AS changed_by_phone,
        row_number() OVER booking AS position
    FROM staged
    WINDOW booking AS (
        PARTITION BY reservation_no, item_no, booking_service
        ORDER BY event_type IN ('booked', 'changed', 'used') DESC, occurred_at DESC, event_id DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
)
SELECT
    old.id, old.wester_id AS old_wester_id, old.ex_member_no AS old_ex_member_no,
    folded.reservation_no, folded.item_no, folded.booking_service,
    CASE WHEN is_later THEN folded.wester_id ELSE old.wester_id END AS wester_id,
    CASE WHEN is_later THEN folded.ex_member_no ELSE old.ex_member_no END AS ex_member_no,
    CASE WHEN is_later THEN folded.travel_date ELSE old.travel_date END AS travel_date,
    CASE WHEN is_later THEN folded.journey ELSE old.journey END AS journey,
    CASE WHEN is_later THEN folded.sales_channel ELSE old.sales_channel END AS sales_channel,
    CASE WHEN is_later THEN folded.product_kind ELSE old.product_kind END AS product_kind,
    CASE WHEN is_later THEN folded.payment_method ELSE old.payment_method END AS payment_method,
    CASE WHEN is_later THEN folded.amount_yen ELSE old.amount_yen END AS amount_yen,
    CASE WHEN is_later THEN folded.purchase_known ELSE old.purchase_known END AS purchase_known,
    CASE WHEN is_later THEN folded.latest_occurred_at ELSE old.latest_occurred_at END
        AS latest_occurred_at,
    CASE WHEN is_later THEN folded.latest_event_id ELSE old.latest_event_id END AS latest_event_id,
    CASE WHEN is_later THEN resolved.operators ELSE old.operators END AS operators,
    CASE WHEN is_later THEN resolved.sections ELSE old.sections END AS sections,
    CASE WHEN ticketing_is_later THEN folded.ticketing ELSE old.ticketing END AS ticketing,
    CASE WHEN ticketing_is_later THEN folded.ticketing_at ELSE old.ticketing_at END
        AS ticketing_at,
    CASE WHEN ticketing_is_later THEN folded.ticketing_event_id ELSE old.ticketing_event_id END
        AS ticketing_event_id,
    LEAST(folded.booked_at, old.booked_at) AS booked_at,
    folded.cancelled OR COALESCE(old.cancelled, FALSE) AS cancelled,
    folded.refunded OR COALESCE(old.refunded, FALSE) AS refunded,
    folded.stopover OR COALESCE(old.stopover, FALSE) AS stopover,
    folded.used OR COALESCE(old.used, FALSE) AS used,
    folded.changed_by_phone OR COALESCE(old.changed_by_phone, FALSE) AS changed_by_phone
FROM folded
JOIN resolved ON resolved.journey = folded.journey
LEFT JOIN bookings_booking AS old
    ON (old.reservation_no, old.item_no, old.booking_service)
        = (folded.reservation_no, folded.item_no, folded.booking_service)
CROSS JOIN LATERAL (
    SELECT
        old.id IS NULL
        OR (folded.purchase_known, folded.latest_occurred_at, folded.latest_event_id)
            > (old.purchase_known, old.latest_occurred_at, old.latest_event_id) AS is_later,
        folded.ticketing IS NOT NULL AND (
            old.ticketing IS NULL
            OR (folded.ticketing_at, folded.ticketing_event_id)
                > (old.ticketing_at, old.ticketing_event_id)
        ) AS ticketing_is_later
) AS compared
WHERE folded.position = 1 AND (
    is_later OR ticketing_is_later OR folded.booked_at < old.booked_at
    OR folded.cancelled AND NOT old.cancelled
    OR folded.refunded AND NOT old.refunded
    OR folded.stopover AND NOT old.stopover
    OR folded.used AND NOT old.used
    OR folded.changed_by_phone AND NOT old.changed_by_phone
)
