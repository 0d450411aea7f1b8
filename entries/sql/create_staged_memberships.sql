-- create_staged_memberships: create the temporary table of a load's membership changes
-- Reads nothing: the columns have the types and collations of entries_membershiprow.
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT 0::bigint AS record, wester_id, status, changed_at
FROM entries_membershiprow
WITH NO DATA
