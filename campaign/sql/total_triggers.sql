-- total_triggers: what stands in for the foreign key of campaign_total
-- Looks at all rows of a statement at once; a key would be checked row by row, which doubles the
-- cost of writing.

CREATE OR REPLACE FUNCTION campaign_total_of_a_campaign() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT campaign_id FROM written) totals
        LEFT JOIN campaign_campaign campaign ON campaign.id = totals.campaign_id
        WHERE campaign.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a total is of a campaign that there is'
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END;
$$;

-- PostgreSQL hands a statement's rows to the triggers of one operation only.
CREATE OR REPLACE TRIGGER total_of_a_campaign
AFTER INSERT ON campaign_total
REFERENCING NEW TABLE AS written
FOR EACH STATEMENT
EXECUTE FUNCTION campaign_total_of_a_campaign();
ALTER TABLE campaign_total ENABLE ALWAYS TRIGGER total_of_a_campaign;

CREATE OR REPLACE TRIGGER total_stays_of_a_campaign
AFTER UPDATE ON campaign_total
REFERENCING NEW TABLE AS written
FOR EACH STATEMENT
EXECUTE FUNCTION campaign_total_of_a_campaign();
ALTER TABLE campaign_total ENABLE ALWAYS TRIGGER total_stays_of_a_campaign;
