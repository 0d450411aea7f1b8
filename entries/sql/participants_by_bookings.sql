-- participants_by_bookings: who takes part without an entry: members with a counting booking
-- Reads campaign_total by its key. An entry made all the same changes nothing.
SELECT wester_id, NULL::timestamptz AS entered_at, FALSE AS is_elsewhere
FROM campaign_total
WHERE campaign_id = %(campaign)s AND bookings > 0
    AND {whose}
