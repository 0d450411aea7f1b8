-- reject_conflicting_ticketings: move the staged rows whose event is stored with another ticketing
-- Reads bookings_bookingevent, bookings_eventticketing; writes staged, rejected. Uses the primary
-- keys of both. A row without a ticketing conflicts with none; one just appended equals its own.
WITH conflicting AS (
    DELETE FROM staged
    USING bookings_bookingevent AS event
    LEFT JOIN bookings_eventticketing AS beside ON beside.event_id = event.event_id
    WHERE event.event_id = staged.event_id
        AND staged.ticketing <> COALESCE(event.ticketing, beside.ticketing)
    RETURNING staged.record
)
INSERT INTO rejected (record, reason)
SELECT record, 'conflicting_event' AS reason FROM conflicting
