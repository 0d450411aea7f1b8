-- full_shards: number the shards of a full run, which name no members
-- A part of create_shards.
SELECT %(run)s AS run_id, number, NULL AS members
FROM generate_series(0, %(shards)s - 1) number
