-- update_booking_sections: replace the sections that differ, mark the members, count the bookings
-- Reads resolved_journey; writes bookings_booking, bookings_membermark. One pass over the bookings
-- against a hash of resolved_journey. A booking of no member marks none.
WITH changed AS (
    UPDATE bookings_booking AS booking
    SET operators = resolved.operators, sections = resolved.sections
    FROM resolved_journey AS resolved
    WHERE resolved.journey = booking.journey
        AND (booking.operators, booking.sections)
            IS DISTINCT FROM (resolved.operators, resolved.sections)
    RETURNING booking.wester_id, booking.ex_member_no
),
marked AS (
    INSERT INTO bookings_membermark (wester_id, ex_member_no)
    SELECT DISTINCT wester_id, ex_member_no FROM changed
    WHERE wester_id IS NOT NULL OR ex_member_no IS NOT NULL
)
SELECT count(*) FROM changed
