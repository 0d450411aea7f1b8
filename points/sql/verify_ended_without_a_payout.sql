-- verify_ended_without_a_payout: find awards that ended without an approved payout, by transfer
SELECT transfer.id FROM points_transfer transfer
JOIN lottery_award award ON award.id = transfer.award_id
LEFT JOIN points_payout payout ON payout.draw_id = award.draw_id
WHERE transfer.kind IN ('credit', 'release', 'forfeit') AND payout.id IS NULL
