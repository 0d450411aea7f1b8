-- write_registrations: write the registrations that changed
-- Reads changed; writes bookings_exregistration. Uses its primary key.
INSERT INTO bookings_exregistration (
    ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text
)
SELECT ex_member_no, member_kind, wester_id, points_registered_at, updated_at, row_text
FROM changed
ON CONFLICT (ex_member_no) DO UPDATE
SET
    member_kind = excluded.member_kind,
    wester_id = excluded.wester_id,
    points_registered_at = excluded.points_registered_at,
    updated_at = excluded.updated_at,
    row_text = excluded.row_text
