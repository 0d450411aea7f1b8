-- open_member_accounts: open an account for each of the members that has none
-- Part members: a query of wester_id. Writes points_account (unique account_one_per_member), every
-- session in the same order.
INSERT INTO points_account (kind, wester_id)
SELECT 'member' AS kind, members.wester_id
FROM ({members}) members
ORDER BY members.wester_id
ON CONFLICT (wester_id) WHERE wester_id IS NOT NULL DO NOTHING
