-- creditanswer_triggers: what constraints cannot say about points_creditanswer

CREATE OR REPLACE TRIGGER creditanswer_append_only
BEFORE UPDATE OR DELETE ON points_creditanswer
FOR EACH ROW
EXECUTE FUNCTION core_refuse('this table is only added to');
ALTER TABLE points_creditanswer ENABLE ALWAYS TRIGGER creditanswer_append_only;

CREATE OR REPLACE TRIGGER creditanswer_never_truncated
BEFORE TRUNCATE ON points_creditanswer
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE points_creditanswer ENABLE ALWAYS TRIGGER creditanswer_never_truncated;
