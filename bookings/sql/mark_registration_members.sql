-- mark_registration_members: mark the members who have a changed EX number, and those who had it
-- Reads changed; writes bookings_membermark.
INSERT INTO bookings_membermark (wester_id)
SELECT wester_id FROM changed
WHERE affects_totals
UNION
SELECT old_wester_id FROM changed
WHERE affects_totals AND old_wester_id IS NOT NULL
