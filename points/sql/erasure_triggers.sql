-- erasure_triggers: what constraints cannot say about points_erasure
-- Only points_erase_member carries an erasure out (points/sql/erase_member.sql).

CREATE OR REPLACE TRIGGER erasure_begins_as_a_request
BEFORE INSERT ON points_erasure
FOR EACH ROW WHEN (NEW.approval_id IS NOT NULL)
EXECUTE FUNCTION core_refuse('an erasure is requested before it is carried out');
ALTER TABLE points_erasure ENABLE ALWAYS TRIGGER erasure_begins_as_a_request;

CREATE OR REPLACE TRIGGER erasure_carried_out_by_its_function
BEFORE UPDATE OF id, wester_id, hash, approval_id, erased_at, tables ON points_erasure
FOR EACH ROW
EXECUTE FUNCTION core_refuse('only the approved erasure itself writes this');
ALTER TABLE points_erasure ENABLE ALWAYS TRIGGER erasure_carried_out_by_its_function;

CREATE OR REPLACE TRIGGER erasure_stays_once_carried_out
BEFORE UPDATE ON points_erasure
FOR EACH ROW WHEN (OLD.approval_id IS NOT NULL)
EXECUTE FUNCTION core_refuse('an erasure that was carried out stays as it is');
ALTER TABLE points_erasure ENABLE ALWAYS TRIGGER erasure_stays_once_carried_out;

CREATE OR REPLACE TRIGGER erasure_never_deleted
BEFORE DELETE ON points_erasure
FOR EACH ROW
EXECUTE FUNCTION core_refuse('erasures are never deleted');
ALTER TABLE points_erasure ENABLE ALWAYS TRIGGER erasure_never_deleted;

CREATE OR REPLACE TRIGGER erasure_never_truncated
BEFORE TRUNCATE ON points_erasure
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE points_erasure ENABLE ALWAYS TRIGGER erasure_never_truncated;
