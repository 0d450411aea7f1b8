-- verify_key_differs: find transfers whose key is not that of what they are for
-- The formula of the keys is written out: this check does not trust what wrote them.
SELECT transfer.id FROM points_transfer transfer
JOIN (
    SELECT award.id, draw.manifest_sha256 || entrant.pid || int2send(award.prize) AS subject
    FROM lottery_award award
    JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
    JOIN lottery_draw draw ON draw.id = award.draw_id
) award ON award.id = transfer.award_id
WHERE transfer.key <> CASE transfer.kind
    WHEN 'reserve' THEN sha256('reserve/v2\000'::bytea || award.subject)
    WHEN 'credit' THEN sha256('credit/v2\000'::bytea || award.subject)
    WHEN 'release' THEN sha256('release/v2\000'::bytea || award.subject)
    WHEN 'forfeit' THEN sha256('forfeit/v2\000'::bytea || award.subject)
    WHEN 'expire' THEN sha256('expire/v2\000'::bytea || award.subject)
END
UNION ALL
SELECT reversal.id FROM points_transfer reversal
JOIN points_transfer original ON original.id = reversal.reverses_id
WHERE reversal.key <> sha256('reverse/v1\000'::bytea || original.key)
UNION ALL
SELECT transfer.id FROM points_transfer transfer
JOIN points_account issuer ON issuer.id = transfer.from_account_id
JOIN campaign_campaign campaign ON campaign.id = issuer.campaign_id
WHERE transfer.kind = 'grant' AND NOT EXISTS (
    SELECT FROM campaign_terms terms WHERE terms.campaign_id = campaign.id
        AND transfer.key = sha256(
            'grant/v1\000'::bytea || campaign.code::bytea || '\000'::bytea
            || int8send(terms.version)
        )
)
