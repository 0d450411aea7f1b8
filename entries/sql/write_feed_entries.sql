-- write_feed_entries: write each member's earliest entry
-- Reads staged, period; writes entries_entry. Uses entry_one_per_member.
-- The earliest wins; on a tie web, then app, then call_center.
INSERT INTO entries_entry AS old (campaign_id, wester_id, entered_at, channel)
SELECT DISTINCT ON (period.campaign_id, staged.wester_id)
    period.campaign_id, staged.wester_id, staged.entered_at, staged.channel
FROM staged
JOIN period ON period.code = staged.campaign
ORDER BY
    period.campaign_id, staged.wester_id, staged.entered_at,
    array_position(ARRAY['web', 'app', 'call_center'], staged.channel::text)
ON CONFLICT (campaign_id, wester_id) DO UPDATE
SET entered_at = excluded.entered_at, channel = excluded.channel
WHERE (
    excluded.entered_at,
    array_position(ARRAY['web', 'app', 'call_center'], excluded.channel::text)
) < (old.entered_at, array_position(ARRAY['web', 'app', 'call_center'], old.channel::text))
