-- entryrow_triggers: what constraints cannot say about entries_entryrow

CREATE OR REPLACE TRIGGER entryrow_append_only
BEFORE UPDATE OR DELETE ON entries_entryrow
FOR EACH ROW
EXECUTE FUNCTION core_refuse('this table is only added to');
ALTER TABLE entries_entryrow ENABLE ALWAYS TRIGGER entryrow_append_only;

CREATE OR REPLACE TRIGGER entryrow_never_truncated
BEFORE TRUNCATE ON entries_entryrow
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE entries_entryrow ENABLE ALWAYS TRIGGER entryrow_never_truncated;
