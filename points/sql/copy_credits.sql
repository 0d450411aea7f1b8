-- copy_credits: copy the lines of the file of credits, sorted by key
-- Part credits: credits_of_file.
COPY (
    SELECT
        encode(credits.key, 'hex') AS credit_key,
        credits.wester_id,
        credits.points,
        credits.expires_on,
        %(code)s AS reason
    FROM ({credits}) credits
    ORDER BY credits.key
) TO STDOUT (FORMAT csv)
