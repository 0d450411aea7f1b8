-- split_awards: split the awards of a draw into parts, each of ranks in one prize
-- Reads lottery_award by award_rank_once.
SELECT prize, min(rank) AS first_rank, max(rank) AS last_rank
FROM (
    SELECT
        prize,
        rank,
        (row_number() OVER (PARTITION BY prize ORDER BY rank) - 1) / %(max_awards)s AS part
    FROM lottery_award
    WHERE draw_id = %(draw)s
) placed
GROUP BY prize, part
ORDER BY prize, part
