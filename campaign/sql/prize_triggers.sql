-- prize_triggers: what constraints cannot say about campaign_prize, and a plan that is published

CREATE OR REPLACE FUNCTION campaign_prize_of_a_draft() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        SELECT FROM campaign_terms
        WHERE published_at IS NOT NULL AND id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.terms_id END,
            CASE WHEN TG_OP <> 'DELETE' THEN NEW.terms_id END
        )
    ) THEN
        RAISE EXCEPTION 'the prizes of published terms never change'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'prize_of_a_draft';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END;
$$;

CREATE OR REPLACE TRIGGER prize_of_a_draft
BEFORE INSERT OR UPDATE OR DELETE ON campaign_prize
FOR EACH ROW
EXECUTE FUNCTION campaign_prize_of_a_draft();
ALTER TABLE campaign_prize ENABLE ALWAYS TRIGGER prize_of_a_draft;

CREATE OR REPLACE TRIGGER prize_never_truncated
BEFORE TRUNCATE ON campaign_prize
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE campaign_prize ENABLE ALWAYS TRIGGER prize_never_truncated;

-- A plan is whole when it is published: its prizes are numbered from 1 and have names, none has a
-- minimum below the campaign's, every share of what was spent comes to a point, no pool is above
-- the budget, every cap asks for facts that bookings of the campaign give.
CREATE OR REPLACE FUNCTION campaign_terms_plan_is_whole() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    prizes bigint;
    greatest_number bigint;
    is_unnamed boolean;
    least_minimum bigint;
    least_share numeric;
    greatest_pool bigint;
BEGIN
    SELECT
        count(*), max(number), bool_or(name_ja = '' OR name_en = ''), min(minimum_total_yen),
        min(COALESCE(minimum_total_yen, NEW.minimum_total_yen)::numeric * percent)
            FILTER (WHERE kind = 'spent'),
        max(points) FILTER (WHERE kind = 'pool')
    INTO prizes, greatest_number, is_unnamed, least_minimum, least_share, greatest_pool
    FROM campaign_prize WHERE terms_id = NEW.id;
    IF prizes = 0 OR greatest_number <> prizes THEN
        RAISE EXCEPTION 'the prizes of a plan are numbered from 1'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'terms_prizes_numbered';
    END IF;
    IF is_unnamed THEN
        RAISE EXCEPTION 'every prize has its names'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'terms_prizes_named';
    END IF;
    IF least_minimum < NEW.minimum_total_yen THEN
        RAISE EXCEPTION 'no minimum of a prize is below the campaign''s'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'terms_prize_minimum_not_below';
    END IF;
    IF least_share < 100 THEN
        RAISE EXCEPTION 'every share of what was spent comes to a point'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'terms_prize_of_a_point';
    END IF;
    IF greatest_pool > NEW.budget_points THEN
        RAISE EXCEPTION 'no pool is above the budget'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'terms_pool_within_budget';
    END IF;
    IF EXISTS (
        SELECT FROM campaign_prize
        WHERE terms_id = NEW.id AND NOT jsonb_path_query_array(cap_if, '$[*].when[*]')
            <@ (jsonb_path_query_array(NEW.touches, '$[*].services[*]') || '"ticketless"')
    ) THEN
        RAISE EXCEPTION 'every cap asks for facts that bookings of the campaign give'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'terms_prize_facts_known';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER terms_plan_is_whole
BEFORE INSERT OR UPDATE ON campaign_terms
FOR EACH ROW WHEN (NEW.published_at IS NOT NULL)
EXECUTE FUNCTION campaign_terms_plan_is_whole();
ALTER TABLE campaign_terms ENABLE ALWAYS TRIGGER terms_plan_is_whole;
