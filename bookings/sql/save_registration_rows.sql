-- save_registration_rows: add the staged rows whose values are new
-- Reads staged; writes bookings_registrationrow. Uses registrationrow_once.
-- Rows of equal values may differ in how their instants are written; the greatest text is saved.
INSERT INTO bookings_registrationrow (
    ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text
)
SELECT ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text
FROM staged
ORDER BY ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text DESC
ON CONFLICT ON CONSTRAINT registrationrow_once DO NOTHING
