-- close_replayed_rows: set the quarantined rows that passed to replayed
-- Reads staged (record is the quarantined row's key); writes bookings_quarantinedrow.
UPDATE bookings_quarantinedrow AS stored
SET status = 'replayed', settled_at = %(at)s
FROM staged
WHERE stored.id = staged.record
