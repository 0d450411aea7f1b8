-- quarantine_rejected_rows: store the rejected rows of a loaded file with their text
-- Reads rejected, delivered; writes bookings_quarantinedrow.
INSERT INTO bookings_quarantinedrow (file_id, record, reason, content)
SELECT
    %(file)s, rejected.record, rejected.reason,
    COALESCE(rejected.content, delivered.content) AS content
FROM rejected
LEFT JOIN delivered ON delivered.record = rejected.record
ORDER BY rejected.record
