-- answers_another_payout: return whether a staged or rejected row has the key of another payout
-- Reads the temporary tables staged and rejected, and points_transfer by its key.
SELECT EXISTS (
    SELECT FROM (
        SELECT credit_key FROM staged
        UNION ALL
        SELECT points_answered_key(content) AS credit_key FROM rejected
    ) answer
    JOIN points_transfer credit ON credit.key = decode(answer.credit_key, 'hex')
    JOIN lottery_award award ON award.id = credit.award_id
    JOIN points_payout payout ON payout.draw_id = award.draw_id
    WHERE payout.id <> %(payout)s
)
