-- order_entrants: join position and winning lot of all entrants of a draw in the order of tickets
-- Each entrant has six bytes: position, and number of the winning lot. Reads lottery_entrant by its
-- draw, once. The ticket of a lot is the protocol's: H(0x02, seed, pid, lot); the parameter is 0x02
-- and the seed. The least of an entrant's tickets counts; with one lot it is the only one.
SELECT string_agg(
    int4send(position) || substr(best, 33), ''::bytea ORDER BY substr(best, 1, 32), pid
)
FROM (
    SELECT
        position,
        pid,
        CASE WHEN lots = 1 THEN sha256(%(ticket)s::bytea || pid || '\x0001') || '\x0001' ELSE (
            SELECT sha256(%(ticket)s::bytea || pid || lot) || lot
            FROM (
                SELECT substr(int4send(number), 3) AS lot FROM generate_series(1, lots) number
            ) own
            ORDER BY 1 LIMIT 1
        ) END AS best
    FROM lottery_entrant
    WHERE draw_id = %(draw)s
) entrant
