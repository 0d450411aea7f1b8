-- rewards: what an entrant gets by a plan of prizes, as in campaign/rewards.py
-- Of plain numbers and without SET and STRICT, so that PostgreSQL inlines them. Facts are bits of
-- campaign.facts; values by facts are arrays of 16, one for each combination.

-- The value for these facts; null where there are no values.
CREATE OR REPLACE FUNCTION campaign_of_facts(by_facts bigint[], facts integer) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN by_facts[facts + 1];

-- Lots of a member; 0 below the campaign's minimum. lots_yen null: one lot; times: of their facts.
CREATE OR REPLACE FUNCTION campaign_lots(
    total_yen bigint, minimum_total_yen bigint, lots_yen bigint, lots_most bigint, times bigint
) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN total_yen >= minimum_total_yen
        THEN (least(greatest(total_yen / lots_yen, 1), lots_most) * times)::integer
    ELSE 0
END;

-- The reward in one prize of a member; 0 below the prize's minimum, null in a pool without a share.
-- ceiling: the cap for their facts, or the points of a fixed prize; null: none. share: the points
-- of a pool for one lot.
CREATE OR REPLACE FUNCTION campaign_reward(
    total_yen bigint,
    minimum_total_yen bigint,
    kind varchar,
    percent bigint,
    ceiling bigint,
    lots bigint,
    share bigint
) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN (total_yen >= minimum_total_yen) IS NOT TRUE THEN 0
    WHEN kind = 'spent' THEN least(total_yen * percent / 100, ceiling)
    WHEN kind = 'fixed' THEN ceiling
    WHEN share IS NOT NULL THEN least(lots * share, ceiling)
END;

-- The bit of a prize in the mask of an entrant; null where the reward is.
CREATE OR REPLACE FUNCTION campaign_mask_bit(reward bigint, number integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (reward >= 1)::integer << (number - 1);
