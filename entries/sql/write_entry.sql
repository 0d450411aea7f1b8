-- write_entry: write a member's web entry, unless an earlier one is stored or the list is frozen
-- Reads campaign_campaign and bookings_erasedidentifier (by their keys);
-- writes entries_entry. Uses entry_one_per_member.
-- Sent behind the statement that acquires the campaign's entries lock. The earliest entry wins, on
-- a tie the web: a feed may have been quicker with a later entry. A member who was erased while the
-- request waited for the lock is not entered.
INSERT INTO entries_entry AS old (campaign_id, wester_id, entered_at, channel)
SELECT id, %(wester_id)s, %(entered_at)s, 'web' AS channel
FROM campaign_campaign
WHERE id = %(which)s AND entries_frozen_at IS NULL AND NOT EXISTS (
    SELECT FROM bookings_erasedidentifier WHERE hash = %(hash)s AND returned_at IS NULL
)
ON CONFLICT (campaign_id, wester_id) DO UPDATE
SET entered_at = excluded.entered_at, channel = excluded.channel
WHERE excluded.entered_at < old.entered_at
    OR (excluded.entered_at = old.entered_at AND old.channel <> 'web')
RETURNING id, xmax = 0 AS is_new
