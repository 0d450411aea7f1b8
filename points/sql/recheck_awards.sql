-- recheck_awards: write to the table verdict what each award without an end comes to today
-- The table is temporary and dropped with the transaction. Part totals: the query of the members'
-- totals today; part judged: the query of reason and reward of each candidate. All of them have
-- entered, for they are on the frozen list. Reads lottery_award (award_rank_once), lottery_entrant
-- and lottery_draw by their keys, points_transfer (transfer_one_of_a_kind_per_award), and
-- entries_membership by its key.
CREATE TEMPORARY TABLE verdict ON COMMIT DROP AS
WITH totals AS MATERIALIZED ({totals}),
due AS MATERIALIZED (
    SELECT award.id AS award_id, award.points, entrant.wester_id, entrant.pid
    FROM lottery_award award JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
    WHERE award.draw_id = %(draw)s AND award.rank BETWEEN %(first_rank)s AND %(last_rank)s
        AND NOT EXISTS (
            SELECT FROM points_transfer ended
            WHERE ended.award_id = award.id AND ended.kind IN ('credit', 'forfeit')
        )
),
candidate AS (
    SELECT
        due.wester_id,
        %(entered_at)s::timestamptz AS entered_at,
        COALESCE(totals.sum_yen, 0) AS counting_total,
        membership.wester_id IS NOT NULL AS has_left
    FROM due
    LEFT JOIN totals ON totals.member = due.wester_id
    LEFT JOIN entries_membership membership
        ON membership.wester_id = due.wester_id AND membership.status = 'withdrawn'
),
judged AS ({judged})
SELECT due.award_id, due.points, due.pid, due.wester_id, judged.reason,
    LEAST(due.points, judged.reward) AS payable
FROM due JOIN judged USING (wester_id)
