-- verify_award_missing: find transfers of an award that does not exist
SELECT transfer.id FROM points_transfer transfer
LEFT JOIN lottery_award award ON award.id = transfer.award_id
WHERE transfer.kind IN ('reserve', 'credit', 'release', 'forfeit', 'expire') AND award.id IS NULL
