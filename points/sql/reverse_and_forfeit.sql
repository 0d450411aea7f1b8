-- reverse_and_forfeit: reverse the chosen credits and forfeit the awards that they were of
-- Part chosen: a query of transfer_id and detail. Of a credit that has expired nothing is left to
-- reverse; its key stays open for a person to end. Reads points_transfer, lottery_award and
-- lottery_entrant by their keys; writes points_transfer, in one statement, so that the accounts are
-- locked in one order.
WITH reversed AS MATERIALIZED (
    SELECT
        credit.id,
        credit.key,
        credit.from_account_id,
        credit.to_account_id,
        credit.points,
        credit.award_id,
        chosen.detail,
        forfeited.id AS forfeited_id,
        draw.manifest_sha256,
        entrant.pid,
        award.prize
    FROM ({chosen}) chosen
    JOIN points_transfer credit ON credit.id = chosen.transfer_id
    JOIN lottery_award award ON award.id = credit.award_id
    JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
    JOIN lottery_draw draw ON draw.id = award.draw_id
    JOIN points_account forfeited
        ON forfeited.campaign_id = draw.campaign_id AND forfeited.kind = 'forfeited'
    WHERE NOT EXISTS (
        SELECT FROM points_transfer expiry
        WHERE expiry.award_id = credit.award_id AND expiry.kind = 'expire'
    )
)
INSERT INTO points_transfer
    (key, kind, from_account_id, to_account_id, points, award_id, reverses_id, detail, reason, at,
    made_by, approval_id)
SELECT
    steps.*,
    %(reason)s AS reason,
    %(at)s AS at,
    %(made_by)s AS made_by,
    %(approval)s AS approval_id
FROM (
    SELECT
        points_transfer_key('reverse/v1', key) AS key,
        'reverse' AS kind,
        to_account_id AS from_account_id,
        from_account_id AS to_account_id,
        points,
        NULL::bigint AS award_id,
        id AS reverses_id,
        detail
    FROM reversed
    UNION ALL
    SELECT
        points_award_key('forfeit/v2', manifest_sha256, pid, prize) AS key,
        'forfeit' AS kind,
        from_account_id,
        forfeited_id AS to_account_id,
        points,
        award_id,
        NULL AS reverses_id,
        detail
    FROM reversed
) steps
ORDER BY steps.key
ON CONFLICT (key, payload) DO NOTHING
