-- verify_transfer_before_its_time: find credits and expiries before the instant of the terms
SELECT transfer.id FROM points_transfer transfer
JOIN lottery_award award ON award.id = transfer.award_id
JOIN lottery_draw draw ON draw.id = award.draw_id
JOIN campaign_terms terms ON terms.id = draw.terms_id
WHERE (transfer.kind = 'credit' AND transfer.at < terms.credit_at)
    OR (transfer.kind = 'expire'
        AND transfer.at < (terms.expires_on + 1)::timestamp AT TIME ZONE 'Asia/Tokyo')
