-- verify_credited_too_much: find credits above their award
SELECT transfer.id FROM points_transfer transfer
JOIN lottery_award award ON award.id = transfer.award_id
WHERE transfer.kind = 'credit'
    AND transfer.points > award.points
