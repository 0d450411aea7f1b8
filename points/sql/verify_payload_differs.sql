-- verify_payload_differs: find transfers whose hash is not that of what they do
SELECT id FROM points_transfer
WHERE payload <> sha256(
    int8send(from_account_id) || int8send(to_account_id) || int8send(points)
    || int8send(COALESCE(award_id, 0)) || int8send(COALESCE(reverses_id, 0))
    || int8send(COALESCE(expires_on - date '2000-01-01', 0)::bigint) || kind::bytea
)
