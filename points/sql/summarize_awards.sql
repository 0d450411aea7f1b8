-- summarize_awards: count a draw's awards, add up their points, and hash the list of them by key
-- Reads lottery_award (award_rank_once), lottery_entrant and lottery_draw by their keys.
SELECT
    count(*) AS awards,
    COALESCE(sum(points), 0) AS award_points,
    encode(sha256(COALESCE(string_agg(line, ''::bytea ORDER BY key), '')), 'hex') AS list_sha256
FROM (
    SELECT points, key,
        (encode(key, 'hex') || ',' || wester_id || ',' || points || E'\n')::bytea AS line
    FROM (
        SELECT award.points, entrant.wester_id,
            points_award_key('credit/v2', draw.manifest_sha256, entrant.pid, award.prize) AS key
        FROM lottery_draw draw
        JOIN lottery_award award ON award.draw_id = draw.id
        JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
        WHERE draw.id = %(draw)s
    ) keyed
) listed
