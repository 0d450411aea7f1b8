-- creditfile_triggers: what constraints cannot say about points_creditfile

CREATE OR REPLACE TRIGGER creditfile_append_only
BEFORE UPDATE OR DELETE ON points_creditfile
FOR EACH ROW
EXECUTE FUNCTION core_refuse('this table is only added to');
ALTER TABLE points_creditfile ENABLE ALWAYS TRIGGER creditfile_append_only;

CREATE OR REPLACE TRIGGER creditfile_never_truncated
BEFORE TRUNCATE ON points_creditfile
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE points_creditfile ENABLE ALWAYS TRIGGER creditfile_never_truncated;
