-- reject_conflicting_events: move the staged rows whose event is stored with other content
-- Reads bookings_bookingevent; writes staged, rejected. Uses the primary key of the events.
-- An event that was just appended equals its own row. Ticketing is compared by
-- reject_conflicting_ticketings.
WITH conflicting AS (
    DELETE FROM staged
    USING bookings_bookingevent AS event
    WHERE event.event_id = staged.event_id
        AND (
            event.event_type, event.occurred_at, event.operated_via,
            event.reservation_no, event.item_no, event.booking_service,
            event.booked_at, event.wester_id, event.ex_member_no, event.travel_date,
            event.journey, event.sales_channel, event.product_kind, event.payment_method,
            event.amount_yen
        ) IS DISTINCT FROM (
            staged.event_type, staged.occurred_at, staged.operated_via,
            staged.reservation_no, staged.item_no, staged.booking_service,
            staged.booked_at, staged.wester_id, staged.ex_member_no, staged.travel_date,
            staged.journey, staged.sales_channel, staged.product_kind, staged.payment_method,
            staged.amount_yen
        )
    RETURNING staged.record
)
INSERT INTO rejected (record, reason)
SELECT record, 'conflicting_event' AS reason FROM conflicting
