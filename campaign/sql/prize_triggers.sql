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
-- the budget.
CREATE OR REPLACE FUNCTION campaign_terms_plan_is_whole() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    broken text;
BEGIN
    SELECT CASE
        WHEN count(*) = 0 OR max(number) <> count(*) THEN 'terms_prizes_numbered'
        WHEN bool_or(name_ja = '' OR name_en = '') THEN 'terms_prizes_named'
        WHEN min(minimum_total_yen) < NEW.minimum_total_yen THEN 'terms_prize_minimum_not_below'
        WHEN min(
            COALESCE(minimum_total_yen, NEW.minimum_total_yen) * percent
        ) FILTER (WHERE kind = 'spent') < 100 THEN 'terms_prize_of_a_point'
        WHEN max(points) FILTER (WHERE kind = 'pool') > NEW.budget_points
            THEN 'terms_pool_within_budget'
    END INTO broken
    FROM campaign_prize WHERE terms_id = NEW.id;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'the plan of prizes is not whole'
        USING ERRCODE = 'check_violation', CONSTRAINT = broken;
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER terms_plan_is_whole
BEFORE INSERT OR UPDATE ON campaign_terms
FOR EACH ROW WHEN (NEW.published_at IS NOT NULL)
EXECUTE FUNCTION campaign_terms_plan_is_whole();
ALTER TABLE campaign_terms ENABLE ALWAYS TRIGGER terms_plan_is_whole;
