-- verify_award_not_reserved: find awards whose reserve does not fit the state of their draw
SELECT award.id FROM lottery_award award
JOIN lottery_draw draw ON draw.id = award.draw_id
LEFT JOIN points_transfer reserve ON reserve.award_id = award.id AND reserve.kind = 'reserve'
LEFT JOIN points_transfer reversal ON reversal.reverses_id = reserve.id
WHERE (draw.state = 'confirmed' AND (reserve.id IS NULL OR reversal.id IS NOT NULL))
    OR (draw.state = 'void' AND reserve.id IS NOT NULL AND reversal.id IS NULL)
