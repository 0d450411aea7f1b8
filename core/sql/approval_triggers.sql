-- approval_triggers: what constraints cannot say about core_approval

-- The names of the accounts as they are now, whatever a writer says they are.
CREATE OR REPLACE FUNCTION core_approval_fills_names() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.requested_by_name :=
            COALESCE((SELECT username FROM core_user WHERE id = NEW.requested_by_id), '');
    END IF;
    NEW.decided_by_name :=
        COALESCE((SELECT username FROM core_user WHERE id = NEW.decided_by_id), '');
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER approval_fills_names
BEFORE INSERT OR UPDATE ON core_approval
FOR EACH ROW
EXECUTE FUNCTION core_approval_fills_names();
ALTER TABLE core_approval ENABLE ALWAYS TRIGGER approval_fills_names;

CREATE OR REPLACE TRIGGER approval_begins_open
BEFORE INSERT ON core_approval
FOR EACH ROW WHEN (NEW.state <> 'open')
EXECUTE FUNCTION core_refuse('an approval is requested before it is decided');
ALTER TABLE core_approval ENABLE ALWAYS TRIGGER approval_begins_open;

CREATE OR REPLACE TRIGGER approval_ended_stays
BEFORE UPDATE ON core_approval
FOR EACH ROW WHEN (OLD.state <> 'open')
EXECUTE FUNCTION core_refuse('an approval that has ended stays as it is');
ALTER TABLE core_approval ENABLE ALWAYS TRIGGER approval_ended_stays;

CREATE OR REPLACE TRIGGER approval_request_stays
BEFORE UPDATE ON core_approval
FOR EACH ROW WHEN (
    (OLD.action, OLD.content, OLD.content_sha256, OLD.requested_at, OLD.requested_by_id,
        OLD.requested_by_name, OLD.requested_os_user, OLD.requested_host, OLD.subject)
        IS DISTINCT FROM (NEW.action, NEW.content, NEW.content_sha256, NEW.requested_at,
            NEW.requested_by_id, NEW.requested_by_name, NEW.requested_os_user,
            NEW.requested_host, NEW.subject)
)
EXECUTE FUNCTION core_refuse('a request stays as it is');
ALTER TABLE core_approval ENABLE ALWAYS TRIGGER approval_request_stays;

CREATE OR REPLACE TRIGGER approval_never_deleted
BEFORE DELETE ON core_approval
FOR EACH ROW
EXECUTE FUNCTION core_refuse('approvals are never deleted');
ALTER TABLE core_approval ENABLE ALWAYS TRIGGER approval_never_deleted;

CREATE OR REPLACE TRIGGER approval_never_truncated
BEFORE TRUNCATE ON core_approval
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE core_approval ENABLE ALWAYS TRIGGER approval_never_truncated;
