-- claim_look_up: count a look-up of a person of staff; no row where the hour has had enough of them
-- Reads and writes entries_lookupcount (its primary key).
INSERT INTO entries_lookupcount AS known (user_id, hour, look_ups)
VALUES (%(user)s, date_trunc('hour', %(at)s::timestamptz), 1)
ON CONFLICT (user_id) DO UPDATE SET
    look_ups = CASE WHEN known.hour = excluded.hour THEN known.look_ups + 1 ELSE 1 END,
    hour = excluded.hour
WHERE known.hour <> excluded.hour OR known.look_ups < %(most)s
RETURNING look_ups
