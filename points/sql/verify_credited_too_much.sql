-- verify_credited_too_much: find credits above their award or the cap of the terms
SELECT transfer.id FROM points_transfer transfer
JOIN lottery_award award ON award.id = transfer.award_id
JOIN lottery_draw draw ON draw.id = award.draw_id
JOIN campaign_terms terms ON terms.id = draw.terms_id
WHERE transfer.kind = 'credit'
    AND transfer.points > LEAST(award.points, terms.reward_cap_points)
