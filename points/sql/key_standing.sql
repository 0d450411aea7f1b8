-- key_standing: the view of what both sides say of each credit key
-- Files are ordered by their business date and sequence, whatever the order in which they come; of
-- a file that was sent again under its name the later delivery is the later file. An answer is its
-- status, and of a credited one its points too. A later file settles what is open; where it
-- contradicts what agreed or was rejected, the key is answered twice until another file or a person
-- resolves it. Uses creditanswer_of_a_key, transfer_one_of_a_kind_per_award and
-- transfer_reversed_once.
CREATE OR REPLACE VIEW points_keystanding AS
WITH answered AS (
    SELECT payout_id, credit_key, business_date, sequence, delivery,
        count(DISTINCT status || CASE status WHEN 'credited' THEN points::text ELSE '' END) > 1
            AS is_twofold,
        min(status) AS status, min(points) AS points, min(detail) AS detail
    FROM points_creditanswer
    GROUP BY payout_id, credit_key, business_date, sequence, delivery
),
ordered AS (
    SELECT *,
        row_number() OVER later AS number,
        lead(status) OVER later AS earlier_status,
        lead(points) OVER later AS earlier_points,
        lead(is_twofold) OVER later AS earlier_is_twofold
    FROM answered
    WINDOW later AS (
        PARTITION BY payout_id, credit_key
        ORDER BY business_date DESC, sequence DESC, delivery DESC
    )
),
answer AS (SELECT * FROM ordered WHERE number = 1),
ours AS (
    SELECT payout.id AS payout_id, credit.key AS credit_key, credit.award_id, credit.id,
        credit.points, reversal.id IS NOT NULL AS is_reversed,
        COALESCE(reversal.made_by <> 'points.reverse', FALSE) AS is_rejected_here
    FROM points_creditfile file
    JOIN points_payout payout ON payout.id = file.payout_id
    JOIN lottery_award award ON award.draw_id = payout.draw_id
    JOIN points_transfer credit ON credit.award_id = award.id AND credit.kind = 'credit'
    LEFT JOIN points_transfer reversal ON reversal.reverses_id = credit.id
    WHERE credit.made_by = 'payout.resolve' OR (
        credit.id <= file.last_transfer
        AND (reversal.id IS NULL OR reversal.id > file.last_transfer)
    )
),
compared AS (
    SELECT
        COALESCE(ours.payout_id, answer.payout_id) AS payout_id,
        COALESCE(ours.credit_key, answer.credit_key) AS credit_key,
        ours.award_id, ours.id AS transfer_id, ours.points,
        COALESCE(ours.is_reversed, FALSE) AS is_reversed, ours.is_rejected_here,
        answer.status, answer.points AS answered_points, answer.detail, answer.is_twofold,
        NOT answer.earlier_is_twofold AND answer.earlier_status = 'rejected' AS was_rejected,
        NOT answer.earlier_is_twofold AND answer.earlier_status = 'credited'
            AND answer.earlier_points = ours.points AS was_agreed
    FROM ours
    FULL JOIN answer ON answer.payout_id = ours.payout_id AND answer.credit_key = ours.credit_key
),
judged AS (
    SELECT compared.*, resolution.verdict,
        CASE
            WHEN compared.transfer_id IS NULL THEN 'unknown_here'
            WHEN resolution.verdict = 'credited' THEN 'agrees'
            WHEN resolution.verdict = 'rejected' THEN 'rejected'
            WHEN compared.status IS NULL THEN 'missing_there'
            WHEN compared.is_twofold THEN 'answered_twice'
            WHEN compared.status = 'rejected' THEN
                CASE WHEN compared.was_agreed THEN 'answered_twice' ELSE 'rejected' END
            WHEN compared.is_rejected_here THEN 'answered_twice'
            WHEN compared.answered_points <> compared.points THEN 'amount_differs'
            WHEN compared.was_rejected THEN 'answered_twice'
            ELSE 'agrees'
        END AS classed
    FROM compared
    LEFT JOIN points_resolution resolution
        ON resolution.payout_id = compared.payout_id
        AND resolution.credit_key = compared.credit_key AND resolution.approval_id IS NOT NULL
)
SELECT
    payout_id || '/' || encode(credit_key, 'hex') AS id,
    payout_id, credit_key, award_id, transfer_id, points, is_reversed, answered_points,
    COALESCE(detail, ''::text) AS detail, classed::varchar(14) AS classed,
    verdict IS NULL AND NOT (classed = 'agrees' OR (classed = 'rejected' AND is_reversed))
        AS is_open,
    CASE WHEN is_twofold THEN '' ELSE COALESCE(status, '') END::varchar(8) AS answered
FROM judged;
