-- recheck_awards: write to the table verdict what each award without an end comes to today
-- All are of one prize. The table is temporary and dropped with the transaction. Part totals: the
-- query of the members' totals and facts today; part judged: the query of the reason, lots and
-- reward of each candidate. Where lots decided, the winning lot must be one of today's. Reads
-- lottery_award (award_rank_once) and lottery_entrant by its key, points_transfer
-- (transfer_one_of_a_kind_per_award), and entries_membership by its key.
CREATE TEMPORARY TABLE verdict ON COMMIT DROP AS
WITH totals AS MATERIALIZED ({totals}),
due AS MATERIALIZED (
    SELECT
        award.id AS award_id, award.prize, award.lot, award.points, entrant.wester_id, entrant.pid
    FROM lottery_award award JOIN lottery_entrant entrant ON entrant.id = award.entrant_id
    WHERE award.draw_id = %(draw)s AND award.prize = %(prize)s
        AND award.rank BETWEEN %(first_rank)s AND %(last_rank)s
        AND NOT EXISTS (
            SELECT FROM points_transfer ended
            WHERE ended.award_id = award.id AND ended.kind IN ('credit', 'forfeit')
        )
),
candidate AS (
    SELECT
        due.wester_id,
        COALESCE(totals.sum_yen, 0) AS counting_total,
        COALESCE(totals.facts, 0)::smallint AS facts,
        membership.wester_id IS NOT NULL AS has_left
    FROM due
    LEFT JOIN totals ON totals.member = due.wester_id
    LEFT JOIN entries_membership membership
        ON membership.wester_id = due.wester_id AND membership.status = 'withdrawn'
),
judged AS ({judged})
SELECT
    due.award_id,
    due.prize,
    due.points,
    due.pid,
    due.wester_id,
    CASE
        WHEN judged.reason = '' AND %(lots_decided)s AND due.lot > judged.lots THEN 'lot_withdrawn'
        ELSE judged.reason
    END AS reason,
    LEAST(due.points, judged.reward) AS payable
FROM due JOIN judged USING (wester_id)
