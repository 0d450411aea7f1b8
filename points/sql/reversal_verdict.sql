-- reversal_verdict: the view of each reversal, whether it mirrors one transfer and was decided
-- The trigger of the transfers and ledger verify read it. A reversal goes to an account of the
-- campaign: the issuer's, the budget's or the reserved one. Uses creditanswer_of_a_key.
CREATE OR REPLACE VIEW points_reversalverdict AS
SELECT
    reversal.id AS transfer_id,
    (
        original.kind <> 'reverse' AND reversal.from_account_id = original.to_account_id
        AND reversal.to_account_id = original.from_account_id AND reversal.points = original.points
    ) IS TRUE AS mirrors,
    (
        CASE original.kind
            WHEN 'grant' THEN approval.action = 'draw.confirm'
                AND starts_with(approval.subject, campaign.code || '/')
            WHEN 'reserve' THEN approval.action = 'draw.void'
                AND approval.subject = campaign.code || '/' || draw.sequence
            WHEN 'credit' THEN
                (approval.action = 'points.reverse' AND approval.subject = original.id::text)
                OR EXISTS (
                    SELECT FROM points_resolution resolution
                    WHERE resolution.approval_id = approval.id
                        AND resolution.credit_key = original.key
                        AND resolution.verdict = 'rejected'
                )
                OR (reversal.approval_id IS NULL AND EXISTS (
                    SELECT FROM points_payout payout
                    JOIN points_creditanswer answer ON answer.payout_id = payout.id
                    WHERE payout.draw_id = award.draw_id
                        AND answer.credit_key = original.key AND answer.status = 'rejected'
                ))
            WHEN 'forfeit' THEN EXISTS (
                SELECT FROM points_resolution resolution
                WHERE resolution.approval_id = approval.id
                    AND resolution.verdict = 'credited'
                    AND resolution.credit_key = points_award_key(
                        'credit/v2', draw.manifest_sha256, entrant.pid, award.prize
                    )
            )
        END
    ) IS TRUE AS is_decided
FROM points_transfer reversal
LEFT JOIN points_transfer original ON original.id = reversal.reverses_id
LEFT JOIN points_account source ON source.id = original.from_account_id
LEFT JOIN campaign_campaign campaign ON campaign.id = source.campaign_id
LEFT JOIN lottery_award award ON award.id = original.award_id
LEFT JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
LEFT JOIN lottery_draw draw ON draw.id = award.draw_id
LEFT JOIN core_approval approval
    ON approval.id = reversal.approval_id AND approval.state = 'approved'
WHERE reversal.kind = 'reverse';
