-- create_staged_entries: create the temporary table of a load's entries
-- Reads nothing: the columns have the types and collations of the tables that they go to.
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT
    0::bigint AS record,
    entryrow.wester_id, campaign.code AS campaign, entryrow.entered_at, entryrow.channel
FROM entries_entryrow AS entryrow, campaign_campaign AS campaign
WITH NO DATA
