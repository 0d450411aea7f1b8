-- write_memberships: write each WESTER ID's latest membership
-- Reads staged; writes entries_membership. Uses its primary key.
-- The greatest changed_at wins, on a tie withdrawn: as text it is greater than active.
INSERT INTO entries_membership AS old (wester_id, status, changed_at)
SELECT DISTINCT ON (wester_id) wester_id, status, changed_at
FROM staged
ORDER BY wester_id, changed_at DESC, status DESC
ON CONFLICT (wester_id) DO UPDATE
SET status = excluded.status, changed_at = excluded.changed_at
WHERE (excluded.changed_at, excluded.status) > (old.changed_at, old.status)
