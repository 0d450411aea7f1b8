-- answered_key: the credit key that a row of a results file begins with; null where it has none
-- For rows in quarantine, of which perhaps nothing else can be read.
CREATE OR REPLACE FUNCTION points_answered_key(content bytea) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN substring(encode(content, 'escape') FROM '^"?([0-9a-f]{64})"?,');
