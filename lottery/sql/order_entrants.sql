-- order_entrants: list the first entrants of a draw in the order of their tickets
-- Reads lottery_entrant by its draw, once; sorts only as many rows as can be drawn. The ticket is
-- the protocol's: H(0x02, seed, pid); the parameter is 0x02 and the seed.
SELECT id, pid, reward_points, nonce, wester_id
FROM lottery_entrant
WHERE draw_id = %(draw)s
ORDER BY sha256(%(ticket)s::bytea || pid), pid
LIMIT %(max_rows)s
