-- rehearsed_candidates: run a query of the ORM on the members of a rehearsal
-- Part totals: what the bookings of each member come to, as campaign/eligibility.py computes it.
-- Part participants: who is taken to take part; it may read total. Reads entries_membership by its
-- key. A member without a total has one of 0. The query names the table candidate.
WITH total AS MATERIALIZED ({totals}),

candidate AS (
    SELECT
        participant.wester_id,
        TRUE AS takes_part,
        FALSE AS is_elsewhere,
        COALESCE(total.sum_yen, 0) AS counting_total,
        COALESCE(total.facts, 0)::smallint AS facts,
        membership.wester_id IS NOT NULL AS has_left
    FROM ({participants}) participant
    LEFT JOIN total ON total.member = participant.wester_id
    LEFT JOIN entries_membership membership
        ON membership.wester_id = participant.wester_id AND membership.status = 'withdrawn'
)

{query}
