-- verify_closed_with_open_keys: find closed payouts with keys on which both sides do not agree
SELECT payout.id FROM points_payout payout
WHERE payout.closed_at IS NOT NULL AND EXISTS (
    SELECT FROM points_keystanding key WHERE key.payout_id = payout.id AND key.is_open
)
