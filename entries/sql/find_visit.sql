-- find_visit: find the entry period in force of a public campaign, and the user's WESTER ID
-- Reads campaign_terms, campaign_campaign, entries_member, each by a unique index: (campaign,
-- version), of which there are a handful, (code) and (user).
SELECT
    campaign_id, opens_at, closes_at, series_code, series_course,
    (SELECT wester_id FROM entries_member WHERE user_id = %(user)s) AS wester_id
FROM campaign_terms
WHERE campaign_id = (SELECT id FROM campaign_campaign WHERE code = %(code)s)
    AND published_at IS NOT NULL
ORDER BY version DESC
LIMIT 1
