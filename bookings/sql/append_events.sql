-- append_events: add the staged booking events whose event_id is new
-- Reads staged; writes bookings_bookingevent. Uses its primary key.
-- Of two rows of one event the first in the file is added. The order by event_id writes the key's
-- index from left to right, however large it has grown.
INSERT INTO bookings_bookingevent (
    event_id, event_type, occurred_at, operated_via,
    reservation_no, item_no, booking_service,
    booked_at, wester_id, ex_member_no, travel_date, journey,
    sales_channel, product_kind, ticketing, payment_method, amount_yen
)
SELECT
    event_id, event_type, occurred_at, operated_via,
    reservation_no, item_no, booking_service,
    booked_at, wester_id, ex_member_no, travel_date, journey,
    sales_channel, product_kind, ticketing, payment_method, amount_yen
FROM staged
ORDER BY event_id, record
ON CONFLICT (event_id) DO NOTHING
