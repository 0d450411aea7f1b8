-- append_ticketings: add the staged ticketings of events that are stored without one
-- Reads staged, bookings_bookingevent; writes bookings_eventticketing. Uses their primary keys.
-- Of two rows of one event the first in the file is added. Conflicting events are out of staged.
INSERT INTO bookings_eventticketing (event_id, ticketing)
SELECT DISTINCT ON (staged.event_id) staged.event_id, staged.ticketing
FROM staged
JOIN bookings_bookingevent AS event ON event.event_id = staged.event_id
WHERE staged.ticketing IS NOT NULL AND event.ticketing IS NULL
ORDER BY staged.event_id, staged.record
ON CONFLICT (event_id) DO NOTHING
