-- reserve_awards: reserve every award of a draw
-- Reads lottery_award (award_rank_once), lottery_entrant and lottery_draw by their keys; writes
-- points_transfer.
INSERT INTO points_transfer
    (key, kind, from_account_id, to_account_id, points, award_id, at, made_by, approval_id)
SELECT
    points_award_key('reserve/v2', draw.manifest_sha256, entrant.pid, award.prize) AS key,
    'reserve' AS kind,
    %(budget)s AS from_account_id,
    %(reserved)s AS to_account_id,
    award.points,
    award.id AS award_id,
    %(at)s AS at,
    'draw.confirm' AS made_by,
    %(approval)s AS approval_id
FROM lottery_draw draw
JOIN lottery_award award ON award.draw_id = draw.id
JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
WHERE draw.id = %(draw)s
ORDER BY key
ON CONFLICT (key, payload) DO NOTHING
