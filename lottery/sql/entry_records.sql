-- entry_records: join the records of entries.bin from one position to before another
-- Reads lottery_entrant. Uses index entrant_position_once.
SELECT string_agg(pid || commitment, ''::bytea ORDER BY position)
FROM lottery_entrant
WHERE draw_id = %(draw)s AND position >= %(first)s AND position < %(until)s
