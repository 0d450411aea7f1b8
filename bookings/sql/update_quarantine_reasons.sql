-- update_quarantine_reasons: store today's reason of the quarantined rows that did not pass
-- Reads rejected (record is the quarantined row's key); writes bookings_quarantinedrow.
UPDATE bookings_quarantinedrow AS stored
SET reason = rejected.reason
FROM rejected
WHERE stored.id = rejected.record AND stored.reason <> rejected.reason
