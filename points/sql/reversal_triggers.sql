-- reversal_triggers: what constraints cannot say about points_reversal

CREATE OR REPLACE FUNCTION points_reversal_of_its_approval() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM core_approval
        WHERE id = NEW.approval_id AND state = 'approved' AND action = 'points.reverse'
            AND subject = NEW.transfer_id::text
    ) THEN
        RAISE EXCEPTION 'it is in force by the approval that was given for it'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_of_its_approval';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER reversal_of_its_approval
BEFORE INSERT OR UPDATE ON points_reversal
FOR EACH ROW WHEN (NEW.approval_id IS NOT NULL)
EXECUTE FUNCTION points_reversal_of_its_approval();
ALTER TABLE points_reversal ENABLE ALWAYS TRIGGER reversal_of_its_approval;

CREATE OR REPLACE TRIGGER reversal_approved_stays
BEFORE UPDATE OR DELETE ON points_reversal
FOR EACH ROW WHEN (OLD.approval_id IS NOT NULL)
EXECUTE FUNCTION core_refuse('an approved reversal stays as it is');
ALTER TABLE points_reversal ENABLE ALWAYS TRIGGER reversal_approved_stays;

CREATE OR REPLACE TRIGGER reversal_never_truncated
BEFORE TRUNCATE ON points_reversal
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE points_reversal ENABLE ALWAYS TRIGGER reversal_never_truncated;
