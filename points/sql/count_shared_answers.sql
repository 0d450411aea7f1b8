-- count_shared_answers: count the rows of a results file by the campaigns to which they belong
-- The code is null where a key belongs to none. A row without a readable key is not counted. Reads
-- the temporary tables staged, rejected and shared, and lottery_draw by its key.
SELECT campaign.code, count(*) AS rows, count(*) FILTER (WHERE answers.is_rejected) AS rejected
FROM (
    SELECT credit_key, FALSE AS is_rejected FROM staged
    UNION ALL
    SELECT points_answered_key(content) AS credit_key, TRUE AS is_rejected FROM rejected
) answers
LEFT JOIN shared USING (credit_key)
LEFT JOIN lottery_draw draw ON draw.id = shared.draw_id
LEFT JOIN campaign_campaign campaign ON campaign.id = draw.campaign_id
WHERE answers.credit_key IS NOT NULL
GROUP BY campaign.code
ORDER BY campaign.code
