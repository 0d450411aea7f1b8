-- payoutpart_triggers: what constraints cannot say about points_payoutpart

CREATE OR REPLACE TRIGGER payoutpart_done_once
BEFORE UPDATE OR DELETE ON points_payoutpart
FOR EACH ROW WHEN (OLD.done_at IS NOT NULL)
EXECUTE FUNCTION core_refuse('what is done stays done');
ALTER TABLE points_payoutpart ENABLE ALWAYS TRIGGER payoutpart_done_once;

CREATE OR REPLACE TRIGGER payoutpart_never_truncated
BEFORE TRUNCATE ON points_payoutpart
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE points_payoutpart ENABLE ALWAYS TRIGGER payoutpart_never_truncated;
