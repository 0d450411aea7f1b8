-- note_heartbeat: note what is at work on a machine, and forget machines that are gone
-- Reads and writes core_heartbeat (heartbeat_one_per_kind_and_host).
WITH gone AS (
    DELETE FROM core_heartbeat
    WHERE seen_at < statement_timestamp() - interval '1 day' AND host <> %(host)s
)

INSERT INTO core_heartbeat (kind, host, seen_at)
VALUES (%(kind)s, %(host)s, statement_timestamp())
ON CONFLICT (kind, host) DO UPDATE SET seen_at = excluded.seen_at
