-- transfer_key: the key of a transfer by its step and what it is for, as in points/keys.py
-- Without SET and STRICT, so that PostgreSQL inlines it.
CREATE OR REPLACE FUNCTION points_transfer_key(step bytea, subject bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(step || '\x00'::bytea || subject);

-- The key of a step of one award; prizes have numbers from 1.
CREATE OR REPLACE FUNCTION points_award_key(
    step bytea, manifest_sha256 bytea, pid bytea, prize smallint
) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(step || '\x00'::bytea || manifest_sha256 || pid || int2send(prize));
