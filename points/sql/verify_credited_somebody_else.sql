-- verify_credited_somebody_else: find credits to another member than the award's
SELECT transfer.id FROM points_transfer transfer
JOIN points_account member ON member.id = transfer.to_account_id
JOIN lottery_award award ON award.id = transfer.award_id
JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
WHERE transfer.kind = 'credit' AND member.wester_id IS DISTINCT FROM entrant.wester_id
