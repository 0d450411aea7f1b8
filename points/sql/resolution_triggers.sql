-- resolution_triggers: what constraints cannot say about points_resolution

CREATE OR REPLACE FUNCTION points_resolution_of_its_approval() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM core_approval
        WHERE id = NEW.approval_id AND state = 'approved' AND action = 'payout.resolve'
            AND subject = (
                SELECT campaign.code || '/' || NEW.id FROM points_payout payout
                JOIN lottery_draw draw ON draw.id = payout.draw_id
                JOIN campaign_campaign campaign ON campaign.id = draw.campaign_id
                WHERE payout.id = NEW.payout_id
            )
    ) THEN
        RAISE EXCEPTION 'it is in force by the approval that was given for it'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'resolution_of_its_approval';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER resolution_of_its_approval
BEFORE INSERT OR UPDATE ON points_resolution
FOR EACH ROW WHEN (NEW.approval_id IS NOT NULL)
EXECUTE FUNCTION points_resolution_of_its_approval();
ALTER TABLE points_resolution ENABLE ALWAYS TRIGGER resolution_of_its_approval;

CREATE OR REPLACE TRIGGER resolution_approved_stays
BEFORE UPDATE OR DELETE ON points_resolution
FOR EACH ROW WHEN (OLD.approval_id IS NOT NULL)
EXECUTE FUNCTION core_refuse('an approved resolution stays as it is');
ALTER TABLE points_resolution ENABLE ALWAYS TRIGGER resolution_approved_stays;

CREATE OR REPLACE TRIGGER resolution_never_truncated
BEFORE TRUNCATE ON points_resolution
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE points_resolution ENABLE ALWAYS TRIGGER resolution_never_truncated;
