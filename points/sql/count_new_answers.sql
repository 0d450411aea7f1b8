-- count_new_answers: count the staged answers that repeat none saved before
-- A repeat is saved as well, for its file may be the later one by its name. Reads the temporary
-- table staged, and points_creditanswer by creditanswer_of_a_key.
SELECT count(*) FROM (
    SELECT
        decode(credit_key, 'hex') AS credit_key,
        status,
        points,
        COALESCE(detail, '') AS detail,
        processed_at
    FROM staged
    EXCEPT
    SELECT credit_key, status, points, detail, processed_at
    FROM points_creditanswer WHERE payout_id = %(payout)s
) answered
