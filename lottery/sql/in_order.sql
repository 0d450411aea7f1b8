-- in_order: whether arrays have as many numbers as each other, none above that of the next array
CREATE OR REPLACE FUNCTION lottery_in_order(low integer [], middle integer [], high integer [])
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN NOT EXISTS (
    SELECT FROM unnest($1, $2, $3) AS spread (low, middle, high)
    WHERE (low <= middle AND middle <= high) IS NOT TRUE
);
