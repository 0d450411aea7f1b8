-- pay_awards: credit, release and forfeit awards as the table verdict says
-- One statement, so that the accounts are locked in one order. Reads points_account
-- (account_one_per_member); writes points_transfer.
INSERT INTO points_transfer
    (key, kind, from_account_id, to_account_id, points, award_id, expires_on, reason, at, made_by)
SELECT
    due.key,
    due.kind,
    %(reserved)s AS from_account_id,
    due.to_account_id,
    due.points,
    due.award_id,
    due.expires_on,
    due.reason,
    %(at)s AS at,
    'payout.run' AS made_by
FROM (
    SELECT
        points_award_key(
            'credit/v2', %(manifest)s::bytea, verdict.pid, verdict.prize
        ) AS key,
        'credit' AS kind,
        member.id AS to_account_id,
        verdict.payable AS points,
        verdict.award_id,
        %(expires_on)s::date AS expires_on,
        '' AS reason
    FROM verdict JOIN points_account member USING (wester_id) WHERE verdict.reason = ''
    UNION ALL
    SELECT
        points_award_key(
            'release/v2', %(manifest)s::bytea, verdict.pid, verdict.prize
        ) AS key,
        'release' AS kind,
        %(budget)s AS to_account_id,
        verdict.points - verdict.payable AS points,
        verdict.award_id,
        NULL AS expires_on,
        'lower_total' AS reason
    FROM verdict WHERE verdict.reason = '' AND verdict.payable < verdict.points
    UNION ALL
    SELECT
        points_award_key(
            'forfeit/v2', %(manifest)s::bytea, verdict.pid, verdict.prize
        ) AS key,
        'forfeit' AS kind,
        %(forfeited)s AS to_account_id,
        verdict.points,
        verdict.award_id,
        NULL AS expires_on,
        verdict.reason
    FROM verdict WHERE verdict.reason <> ''
) due
ORDER BY due.key
ON CONFLICT (key, payload) DO NOTHING
