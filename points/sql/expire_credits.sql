-- expire_credits: move what is left of the next due credits to the expired account, each once
-- Nothing takes points off a member's account but an expiry or a reversal of the whole credit, so
-- what is left of one that stands is all of it. Writes points_transfer; uses
-- transfer_one_of_a_kind_per_award and transfer_reversed_once.
INSERT INTO points_transfer
    (key, kind, from_account_id, to_account_id, points, award_id, at, made_by)
SELECT
    points_award_key('expire/v2', draw.manifest_sha256, entrant.pid, award.prize) AS key,
    'expire' AS kind,
    credit.to_account_id AS from_account_id,
    expired.id AS to_account_id,
    credit.points,
    credit.award_id,
    %(at)s AS at,
    'points.expire' AS made_by
FROM (
    SELECT * FROM points_transfer due
    WHERE due.kind = 'credit' AND due.id > %(after)s AND due.expires_on < %(today)s
    ORDER BY due.id LIMIT %(max_credits)s
) credit
JOIN lottery_award award ON award.id = credit.award_id
JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
JOIN lottery_draw draw ON draw.id = award.draw_id
JOIN points_account expired
    ON expired.campaign_id = draw.campaign_id AND expired.kind = 'expired'
WHERE NOT EXISTS (SELECT FROM points_transfer reversal WHERE reversal.reverses_id = credit.id)
    AND NOT EXISTS (
        SELECT FROM points_transfer expiry
        WHERE expiry.award_id = credit.award_id AND expiry.kind = 'expire'
    )
ORDER BY key
ON CONFLICT (key, payload) DO NOTHING
RETURNING points
