-- candidates: run a query of the ORM on the members who may become entrants of a campaign
-- Part participants: wester_id, entered_at and is_elsewhere of each of them. Reads campaign_total and
-- entries_membership by their keys. A member without a total has one of 0. The query names the
-- table candidate.
WITH candidate AS (
    SELECT
        entry.wester_id,
        entry.entered_at,
        entry.is_elsewhere,
        COALESCE(total.total_yen, 0) AS counting_total,
        COALESCE(total.facts, 0)::smallint AS facts,
        membership.wester_id IS NOT NULL AS has_left
    FROM ({participants}) entry
    LEFT JOIN campaign_total total
        ON total.campaign_id = %(campaign)s AND total.wester_id = entry.wester_id
    LEFT JOIN entries_membership membership
        ON membership.wester_id = entry.wester_id AND membership.status = 'withdrawn'
)

{query}
