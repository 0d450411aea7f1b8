-- candidates: run a query of the ORM on the members who may become entrants of a campaign
-- Part participants: who takes part, as entries/participation.py composes it. Reads campaign_total
-- and entries_membership by their keys. A member without a total has one of 0. The query names the
-- table candidate.
WITH candidate AS (
    SELECT
        participant.wester_id,
        TRUE AS takes_part,
        participant.is_elsewhere,
        COALESCE(total.total_yen, 0) AS counting_total,
        COALESCE(total.facts, 0)::smallint AS facts,
        membership.wester_id IS NOT NULL AS has_left
    FROM ({participants}) participant
    LEFT JOIN campaign_total total
        ON total.campaign_id = %(campaign)s AND total.wester_id = participant.wester_id
    LEFT JOIN entries_membership membership
        ON membership.wester_id = participant.wester_id AND membership.status = 'withdrawn'
)

{query}
