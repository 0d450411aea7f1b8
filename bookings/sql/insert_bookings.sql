-- insert_bookings: add the changed bookings that are new
-- Reads changed; writes bookings_booking. No other session inserts: we have the feed's lock.
INSERT INTO bookings_booking (
    reservation_no, item_no, booking_service,
    wester_id, ex_member_no, travel_date, journey,
    sales_channel, product_kind, ticketing, payment_method, amount_yen,
    purchase_known, latest_occurred_at, latest_event_id, ticketing_at, ticketing_event_id,
    operators, sections, booked_at,
    cancelled, refunded, stopover, used, changed_by_phone
)
SELECT
    reservation_no, item_no, booking_service,
    wester_id, ex_member_no, travel_date, journey,
    sales_channel, product_kind, ticketing, payment_method, amount_yen,
    purchase_known, latest_occurred_at, latest_event_id, ticketing_at, ticketing_event_id,
    operators, sections, booked_at,
    cancelled, refunded, stopover, used, changed_by_phone
FROM changed
WHERE id IS NULL
