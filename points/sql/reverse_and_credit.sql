-- reverse_and_credit: reverse a forfeit, credit points of its award and release the rest
-- The forfeit is of a whole award of which nothing was credited; the member's account is open.
-- Reads points_transfer, lottery_award and lottery_entrant by their keys; writes points_transfer.
WITH reversed AS MATERIALIZED (
    SELECT
        forfeit.id,
        forfeit.key,
        forfeit.from_account_id,
        forfeit.to_account_id,
        forfeit.points,
        forfeit.award_id,
        award.points - %(points)s AS rest,
        draw.manifest_sha256,
        entrant.pid,
        award.prize,
        terms.expires_on,
        member.id AS member_id,
        budget.id AS budget_id
    FROM points_transfer forfeit
    JOIN lottery_award award ON award.id = forfeit.award_id
    JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
    JOIN lottery_draw draw ON draw.id = award.draw_id
    JOIN campaign_terms terms ON terms.id = draw.terms_id
    JOIN points_account member ON member.wester_id = entrant.wester_id
    JOIN points_account budget
        ON budget.campaign_id = draw.campaign_id AND budget.kind = 'budget'
    WHERE forfeit.id = %(forfeit)s
)
INSERT INTO points_transfer
    (key, kind, from_account_id, to_account_id, points, award_id, reverses_id, expires_on, reason,
    at, made_by, approval_id)
SELECT
    steps.*,
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
        NULL::date AS expires_on,
        'resolved' AS reason
    FROM reversed
    UNION ALL
    SELECT
        points_award_key('credit/v2', manifest_sha256, pid, prize) AS key,
        'credit' AS kind,
        from_account_id,
        member_id AS to_account_id,
        %(points)s AS points,
        award_id,
        NULL AS reverses_id,
        expires_on,
        '' AS reason
    FROM reversed
    UNION ALL
    SELECT
        points_award_key('release/v2', manifest_sha256, pid, prize) AS key,
        'release' AS kind,
        from_account_id,
        budget_id AS to_account_id,
        rest AS points,
        award_id,
        NULL AS reverses_id,
        NULL AS expires_on,
        'lower_total' AS reason
    FROM reversed WHERE rest > 0
) steps
ORDER BY steps.key
