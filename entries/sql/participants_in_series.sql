-- participants_in_series: who entered a campaign of a series, by its own entries or carried ones
-- Reads campaign_terms, entries_entry and entries_coursemember by their keys. Of the other
-- campaigns of the series those that are published count, with their terms in force. A course is
-- decided by the earliest entry, on a tie by the smaller code; for members of a frozen list it is
-- decided for good.
WITH in_force AS (
    SELECT DISTINCT ON (campaign_id)
        campaign_id, opens_at, closes_at, series_code, series_course
    FROM campaign_terms
    WHERE published_at IS NOT NULL AND campaign_id <> %(campaign)s
    ORDER BY campaign_id, version DESC
),

of_series AS (
    SELECT campaign_id, opens_at, closes_at, series_course AS course
    FROM in_force WHERE series_code = %(series)s
    UNION ALL
    SELECT %(campaign)s, %(opens_at)s, %(closes_at)s, %(course)s
),

accepted AS (
    SELECT entry.campaign_id, campaign.code, of_series.course, entry.wester_id, entry.entered_at
    FROM of_series
    JOIN campaign_campaign campaign ON campaign.id = of_series.campaign_id
    JOIN entries_entry entry ON entry.campaign_id = of_series.campaign_id
    WHERE entry.entered_at >= of_series.opens_at AND entry.entered_at < of_series.closes_at
        AND {whose}
),

deciding AS (
    SELECT DISTINCT ON (wester_id) wester_id, course FROM accepted
    WHERE course IS NOT NULL
    ORDER BY wester_id, entered_at, code
),

fixed AS (
    SELECT wester_id, min(course) AS course FROM entries_coursemember
    WHERE series_code = %(series)s AND {whose}
    GROUP BY wester_id
),

mine AS (
    SELECT wester_id, min(entered_at) AS entered_at FROM accepted
    WHERE campaign_id = %(campaign)s OR (
        %(carried)s AND course IS NOT DISTINCT FROM %(course)s AND entered_at < %(closes_at)s
    )
    GROUP BY wester_id
)

SELECT
    mine.wester_id, mine.entered_at,
    COALESCE(COALESCE(fixed.course, deciding.course) <> %(course)s, FALSE) AS is_elsewhere
FROM mine
LEFT JOIN deciding USING (wester_id)
LEFT JOIN fixed USING (wester_id)
