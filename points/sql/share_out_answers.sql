-- share_out_answers: write to the table shared to which draw each answered key belongs
-- A key is that of an award, credited or not, else of the payout that was answered with it before;
-- one that is in no row of the table belongs to none. The table is temporary and dropped with the
-- transaction. Reads the temporary tables staged and rejected, points_transfer by its key, all
-- awards without a credit only where a key is no credit's, and points_creditanswer by
-- creditanswer_of_a_key.
CREATE TEMPORARY TABLE shared ON COMMIT DROP AS
WITH answered AS MATERIALIZED (
    SELECT credit_key AS key_text, decode(credit_key, 'hex') AS credit_key FROM (
        SELECT credit_key FROM staged
        UNION
        SELECT points_answered_key(content) AS credit_key FROM rejected
    ) keys
    WHERE credit_key IS NOT NULL
),
credited AS MATERIALIZED (
    SELECT answered.credit_key, award.draw_id
    FROM answered
    JOIN points_transfer credit
        ON credit.key = answered.credit_key AND credit.kind = 'credit'
    JOIN lottery_award award ON award.id = credit.award_id
),
unknown AS MATERIALIZED (
    SELECT credit_key FROM answered
    EXCEPT
    SELECT credit_key FROM credited
),
uncredited AS MATERIALIZED (
    SELECT unknown.credit_key, keyed.draw_id
    FROM (
        SELECT
            award.draw_id,
            points_award_key(
                'credit/v2', draw.manifest_sha256, entrant.pid, award.prize
            ) AS credit_key
        FROM lottery_draw draw
        JOIN lottery_award award ON award.draw_id = draw.id
        JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
        WHERE (SELECT count(*) FROM unknown) > 0 AND draw.state = 'confirmed'
            AND NOT EXISTS (
                SELECT FROM points_transfer credit
                WHERE credit.award_id = award.id AND credit.kind = 'credit'
            )
    ) keyed
    JOIN unknown USING (credit_key)
),
answered_before AS (
    SELECT unknown.credit_key, payout.draw_id
    FROM unknown CROSS JOIN points_payout payout
    WHERE NOT EXISTS (
            SELECT FROM uncredited WHERE uncredited.credit_key = unknown.credit_key
        )
        AND EXISTS (
            SELECT FROM points_creditanswer answer
            WHERE answer.payout_id = payout.id AND answer.credit_key = unknown.credit_key
        )
)
SELECT answered.key_text AS credit_key, owned.draw_id
FROM (
    SELECT * FROM credited
    UNION ALL
    SELECT * FROM uncredited
    UNION ALL
    SELECT * FROM answered_before
) owned
JOIN answered USING (credit_key)
