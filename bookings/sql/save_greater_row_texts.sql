-- save_greater_row_texts: replace the text of stored rows by a greater one of equal values
-- Reads staged; writes bookings_registrationrow. Uses registrationrow_once.
UPDATE bookings_registrationrow AS stored
SET row_text = greatest.row_text
FROM (
    SELECT DISTINCT ON (ex_member_no, member_kind, wester_id, points_registered_at, updated_at) *
    FROM staged
    ORDER BY ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text DESC
) AS greatest
WHERE (stored.ex_member_no, stored.member_kind, stored.wester_id, stored.updated_at)
    = (greatest.ex_member_no, greatest.member_kind, greatest.wester_id, greatest.updated_at)
    AND stored.points_registered_at IS NOT DISTINCT FROM greatest.points_registered_at
    AND stored.row_text < greatest.row_text
