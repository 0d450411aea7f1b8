-- save_entry_rows: add the staged rows that are new
-- Reads staged, period; writes entries_entryrow. Uses entryrow_once.
INSERT INTO entries_entryrow (campaign_id, wester_id, entered_at, channel)
SELECT period.campaign_id, staged.wester_id, staged.entered_at, staged.channel
FROM staged
JOIN period ON period.code = staged.campaign
ORDER BY period.campaign_id, staged.wester_id, staged.entered_at, staged.channel
ON CONFLICT (campaign_id, wester_id, entered_at, channel) DO NOTHING
