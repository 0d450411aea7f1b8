-- course_of_member: the course of a series that a member's entries decide; null where none does
-- Reads campaign_terms, entries_entry and entries_coursemember by their keys. As
-- participants_in_series, of one member, over all published campaigns of the series.
WITH in_force AS (
    SELECT DISTINCT ON (campaign_id)
        campaign_id, opens_at, closes_at, series_code, series_course
    FROM campaign_terms
    WHERE published_at IS NOT NULL
    ORDER BY campaign_id, version DESC
)

SELECT COALESCE(
    (
        SELECT min(course) FROM entries_coursemember
        WHERE series_code = %(series)s AND wester_id = %(wester_id)s
    ),
    (
        SELECT in_force.series_course
        FROM in_force
        JOIN campaign_campaign campaign ON campaign.id = in_force.campaign_id
        JOIN entries_entry entry ON entry.campaign_id = in_force.campaign_id
        WHERE in_force.series_code = %(series)s AND in_force.series_course IS NOT NULL
            AND entry.wester_id = %(wester_id)s
            AND entry.entered_at >= in_force.opens_at AND entry.entered_at < in_force.closes_at
        ORDER BY entry.entered_at, campaign.code
        LIMIT 1
    )
)
