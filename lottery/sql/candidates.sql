-- candidates: run a query of the ORM on the members who entered a campaign
-- Reads entries_entry (unique entry_one_per_member), campaign_total and entries_membership by their
-- keys. A member without a total has one of 0. The query names the table candidate.
WITH candidate AS (
    SELECT
        entry.wester_id,
        entry.entered_at,
        COALESCE(total.total_yen, 0) AS counting_total,
        membership.wester_id IS NOT NULL AS has_left
    FROM entries_entry entry
    LEFT JOIN campaign_total total
        ON total.campaign_id = entry.campaign_id AND total.wester_id = entry.wester_id
    LEFT JOIN entries_membership membership
        ON membership.wester_id = entry.wester_id AND membership.status = 'withdrawn'
    WHERE entry.campaign_id = %(campaign)s
)

{query}
