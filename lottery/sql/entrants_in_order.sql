-- entrants_in_order: list the entrants of a draw at these positions, in the order that is given
-- Reads lottery_entrant. Uses index entrant_position_once.
SELECT entrant.id, entrant.pid, entrant.rewards, entrant.nonces, entrant.wester_id
FROM unnest(%(positions)s::integer []) WITH ORDINALITY AS placed (position, place)
JOIN lottery_entrant entrant
    ON entrant.draw_id = %(draw)s AND entrant.position = placed.position
ORDER BY placed.place
