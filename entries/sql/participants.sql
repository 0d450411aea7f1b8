-- participants: who entered one campaign that shares entries with no other
-- Reads entries_entry by entry_one_per_member. The period is half-open.
SELECT wester_id, entered_at, FALSE AS is_elsewhere
FROM entries_entry
WHERE campaign_id = %(campaign)s
    AND entered_at >= %(opens_at)s AND entered_at < %(closes_at)s
    AND {whose}
