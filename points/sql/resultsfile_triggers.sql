-- resultsfile_triggers: what constraints cannot say about points_resultsfile

CREATE OR REPLACE TRIGGER resultsfile_append_only
BEFORE UPDATE OR DELETE ON points_resultsfile
FOR EACH ROW
EXECUTE FUNCTION core_refuse('this table is only added to');
ALTER TABLE points_resultsfile ENABLE ALWAYS TRIGGER resultsfile_append_only;

CREATE OR REPLACE TRIGGER resultsfile_never_truncated
BEFORE TRUNCATE ON points_resultsfile
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE points_resultsfile ENABLE ALWAYS TRIGGER resultsfile_never_truncated;
