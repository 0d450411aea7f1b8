-- settle_answered_rows: settle rows in quarantine whose key a later file answers
-- Files are ordered by their names. Writes bookings_quarantinedrow by its file; reads
-- points_creditanswer by creditanswer_of_a_key.
-- noqa: disable=RF01
UPDATE bookings_quarantinedrow waiting
SET status = 'replayed', settled_at = %(at)s, note = 'A later file answers it.'
FROM points_resultsfile results
WHERE results.payout_id = %(payout)s AND waiting.file_id = results.file_id
    AND waiting.status = 'open'
    AND EXISTS (
        SELECT FROM points_creditanswer answer
        WHERE answer.payout_id = results.payout_id
            AND answer.credit_key = decode(points_answered_key(waiting.content), 'hex')
            AND (answer.business_date, answer.sequence, answer.delivery)
                > (results.business_date, results.sequence, results.delivery)
    )
