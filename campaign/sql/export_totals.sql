-- export_totals: copy the totals with a counting booking out as CSV, sorted as bytes
-- Reads campaign_total by its key.
COPY (
    SELECT wester_id, total_yen, bookings FROM campaign_total
    WHERE campaign_id = %(campaign)s AND bookings > 0 ORDER BY wester_id COLLATE "C"
) TO STDOUT (FORMAT csv)
