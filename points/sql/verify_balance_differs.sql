-- verify_balance_differs: find accounts whose balance is not the sum of their transfers
SELECT account.id FROM points_account account
LEFT JOIN (
    SELECT id, sum(points) AS points FROM (
        SELECT from_account_id AS id, -points AS points FROM points_transfer
        UNION ALL
        SELECT to_account_id, points FROM points_transfer
    ) sides GROUP BY id
) rebuilt USING (id)
WHERE account.balance_points <> COALESCE(rebuilt.points, 0)
