-- reverse_reserves: reverse the reserve of every award of a draw
-- Reads points_transfer by transfer_one_of_a_kind_per_award; writes points_transfer.
INSERT INTO points_transfer
    (key, kind, from_account_id, to_account_id, points, reverses_id, reason, at, made_by,
    approval_id)
SELECT
    points_transfer_key('reverse/v1', reserve.key) AS key,
    'reverse' AS kind,
    reserve.to_account_id AS from_account_id,
    reserve.from_account_id AS to_account_id,
    reserve.points,
    reserve.id AS reverses_id,
    'void' AS reason,
    %(at)s AS at,
    'draw.void' AS made_by,
    %(approval)s AS approval_id
FROM lottery_award award
JOIN points_transfer reserve ON reserve.award_id = award.id AND reserve.kind = 'reserve'
WHERE award.draw_id = %(draw)s
ORDER BY key
ON CONFLICT (key, payload) DO NOTHING
