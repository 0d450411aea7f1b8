-- save_membership_rows: add the staged rows that are new
-- Reads staged; writes entries_membershiprow. Uses membershiprow_once.
INSERT INTO entries_membershiprow (wester_id, status, changed_at)
SELECT wester_id, status, changed_at
FROM staged
ORDER BY wester_id, changed_at, status
ON CONFLICT (wester_id, changed_at, status) DO NOTHING
