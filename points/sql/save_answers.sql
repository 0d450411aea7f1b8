-- save_answers: save the staged answers of a results file
-- Reads the temporary table staged; writes points_creditanswer.
INSERT INTO points_creditanswer
    (payout_id, business_date, sequence, delivery, credit_key, status, points, detail, processed_at)
SELECT
    %(payout)s AS payout_id,
    %(business_date)s AS business_date,
    %(sequence)s AS sequence,
    %(delivery)s AS delivery,
    decode(staged.credit_key, 'hex') AS credit_key,
    staged.status,
    staged.points,
    COALESCE(staged.detail, '') AS detail,
    staged.processed_at
FROM staged
ORDER BY staged.record
