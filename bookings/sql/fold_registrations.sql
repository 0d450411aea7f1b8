-- fold_registrations: find the EX members whose newest staged row is newer than the stored one
-- Reads staged, bookings_exregistration (by its primary key); writes the temporary table changed.
-- Duplicates take part: one may be written so that it wins a tie which its equal lost.
-- affects_totals: a value that a member's total depends on has changed.
CREATE TEMPORARY TABLE changed ON COMMIT DROP AS
SELECT
    newest.*,
    old.wester_id AS old_wester_id,
    (
        (newest.member_kind, newest.wester_id, newest.points_registered_at)
        IS DISTINCT FROM (old.member_kind, old.wester_id, old.points_registered_at)
    ) AS affects_totals
FROM (
    SELECT DISTINCT ON (ex_member_no) *
    FROM staged
    ORDER BY ex_member_no, updated_at DESC, row_text DESC
) AS newest
LEFT JOIN bookings_exregistration AS old ON old.ex_member_no = newest.ex_member_no
WHERE old.ex_member_no IS NULL
    OR (newest.updated_at, newest.row_text) > (old.updated_at, old.row_text)
