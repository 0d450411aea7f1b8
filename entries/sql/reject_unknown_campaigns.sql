-- reject_unknown_campaigns: move the staged rows that name no campaign with terms
-- Reads period; writes staged, rejected.
WITH unknown AS (
    DELETE FROM staged
    USING (SELECT campaign FROM staged EXCEPT SELECT code FROM period) AS unknown_campaign
    WHERE unknown_campaign.campaign = staged.campaign
    RETURNING staged.record
)
INSERT INTO rejected (record, reason)
SELECT record, 'unknown_value' AS reason FROM unknown
