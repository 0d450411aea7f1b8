-- transfer_key: the key of a transfer by its step and what it is for, as in points/keys.py
-- Without SET and STRICT, so that PostgreSQL inlines it.
CREATE OR REPLACE FUNCTION points_transfer_key(step bytea, subject bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(step || '\x00'::bytea || subject);
