-- mark_booking_members: mark the members who have a changed booking, and those who had it
-- Reads changed; writes bookings_membermark. A booking of no member marks none.
INSERT INTO bookings_membermark (wester_id, ex_member_no)
SELECT wester_id, ex_member_no FROM changed
WHERE wester_id IS NOT NULL OR ex_member_no IS NOT NULL
UNION
SELECT old_wester_id, old_ex_member_no FROM changed
WHERE old_wester_id IS NOT NULL OR old_ex_member_no IS NOT NULL
