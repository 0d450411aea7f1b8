-- verify_account_missing: find transfers from or to an account that does not exist
SELECT transfer.id FROM points_transfer transfer
LEFT JOIN points_account source ON source.id = transfer.from_account_id
LEFT JOIN points_account target ON target.id = transfer.to_account_id
WHERE source.id IS NULL OR target.id IS NULL
