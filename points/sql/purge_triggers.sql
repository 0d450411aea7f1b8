-- purge_triggers: what constraints cannot say about points_purge
-- Only points_purge_campaign carries a purge out (points/sql/purge_campaign.sql).

CREATE OR REPLACE FUNCTION points_purge_of_its_approval() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.purged_at IS NOT NULL OR NOT EXISTS (
        SELECT FROM core_approval approval
        JOIN campaign_campaign campaign ON campaign.code = approval.subject
        WHERE approval.id = NEW.approval_id AND approval.state = 'approved'
            AND approval.action = 'campaign.purge' AND campaign.id = NEW.campaign_id
    ) THEN
        RAISE EXCEPTION 'a purge waits by the approval that was given for it'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'purge_of_its_approval';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER purge_of_its_approval
BEFORE INSERT ON points_purge
FOR EACH ROW
EXECUTE FUNCTION points_purge_of_its_approval();
ALTER TABLE points_purge ENABLE ALWAYS TRIGGER purge_of_its_approval;

CREATE OR REPLACE TRIGGER purge_carried_out_by_its_function
BEFORE UPDATE OR DELETE ON points_purge
FOR EACH ROW
EXECUTE FUNCTION core_refuse('only the approved purge itself writes this');
ALTER TABLE points_purge ENABLE ALWAYS TRIGGER purge_carried_out_by_its_function;

CREATE OR REPLACE TRIGGER purge_never_truncated
BEFORE TRUNCATE ON points_purge
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE points_purge ENABLE ALWAYS TRIGGER purge_never_truncated;
