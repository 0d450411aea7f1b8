-- update_bookings: write the changed bookings that are stored already
-- Reads changed; writes bookings_booking. Uses its primary key.
UPDATE bookings_booking AS booking
SET
    wester_id = changed.wester_id,
    ex_member_no = changed.ex_member_no,
    travel_date = changed.travel_date,
    journey = changed.journey,
    sales_channel = changed.sales_channel,
    product_kind = changed.product_kind,
    ticketing = changed.ticketing,
    payment_method = changed.payment_method,
    amount_yen = changed.amount_yen,
    purchase_known = changed.purchase_known,
    latest_occurred_at = changed.latest_occurred_at,
    latest_event_id = changed.latest_event_id,
    ticketing_at = changed.ticketing_at,
    ticketing_event_id = changed.ticketing_event_id,
    operators = changed.operators,
    sections = changed.sections,
    booked_at = changed.booked_at,
    cancelled = changed.cancelled,
    refunded = changed.refunded,
    stopover = changed.stopover,
    used = changed.used,
    changed_by_phone = changed.changed_by_phone
FROM changed
WHERE booking.id = changed.id
