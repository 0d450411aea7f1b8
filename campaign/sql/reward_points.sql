-- reward_points: the points due to a member of a total if drawn, as in campaign/rewards.py
-- Without SET and STRICT, so that PostgreSQL inlines it.
CREATE OR REPLACE FUNCTION campaign_reward_points(
    total_yen bigint, minimum_total_yen bigint, reward_cap_points bigint
) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN total_yen >= minimum_total_yen THEN least(total_yen, reward_cap_points)
    ELSE 0
END;
