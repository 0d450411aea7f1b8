-- entry_records: join the records of entries.bin from one position to before another
-- Reads lottery_entrant. Uses index entrant_position_once. Lots and mask are the low two bytes of
-- their numbers.
SELECT string_agg(
    pid || substr(int4send(lots), 3) || substr(int4send(mask), 3) || commitment,
    ''::bytea ORDER BY position
)
FROM lottery_entrant
WHERE draw_id = %(draw)s AND position >= %(first)s AND position < %(until)s
