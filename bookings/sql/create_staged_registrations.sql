-- create_staged_registrations: create the temporary table of a load's EX registrations
-- Reads nothing: the columns have the types and collations of bookings_registrationrow.
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT
    0::bigint AS record,
    ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text
FROM bookings_registrationrow
WITH NO DATA
