-- create_staged_bookings: create the temporary table of a load's booking events
-- Reads nothing: the columns have the types and collations of bookings_bookingevent.
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT
    0::bigint AS record,
    event_id, event_type, occurred_at, operated_via,
    reservation_no, item_no, booking_service,
    booked_at, wester_id, ex_member_no, travel_date, journey,
    sales_channel, product_kind, ticketing, payment_method, amount_yen
FROM bookings_bookingevent
WITH NO DATA
