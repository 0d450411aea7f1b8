-- is_sorted_set: whether a list names each value once, sorted as bytes; for CHECKs of the terms
CREATE OR REPLACE FUNCTION campaign_is_sorted_set(varchar[]) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN $1 = ARRAY(
    SELECT DISTINCT item COLLATE "C" FROM unnest($1) item ORDER BY item COLLATE "C"
);
