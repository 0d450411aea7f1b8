-- claim_try: count a try to sign in before it is judged; no row where the account is paused
-- Reads and writes core_signintries (signintries_one_per_account_and_browser).
INSERT INTO core_signintries AS known (user_id, device, tries, tried_at, paused_until)
VALUES (%(user)s, %(device)s, 1, statement_timestamp(), NULL)
ON CONFLICT (user_id, device) DO UPDATE SET
    tries = CASE
        WHEN
            known.paused_until IS NOT NULL
            OR known.tried_at <= statement_timestamp() - %(forgotten)s::interval
            THEN 1
        ELSE known.tries + 1
    END,
    tried_at = statement_timestamp(),
    paused_until = CASE
        WHEN
            known.paused_until IS NULL
            AND known.tried_at > statement_timestamp() - %(forgotten)s::interval
            AND known.tries + 1 >= %(max_tries)s
            THEN statement_timestamp() + %(pause)s::interval
    END
WHERE known.paused_until IS NULL OR known.paused_until <= statement_timestamp()
RETURNING known.paused_until IS NOT NULL AS is_last
