-- membershiprow_triggers: what constraints cannot say about entries_membershiprow

CREATE OR REPLACE TRIGGER membershiprow_append_only
BEFORE UPDATE OR DELETE ON entries_membershiprow
FOR EACH ROW
EXECUTE FUNCTION core_refuse('this table is only added to');
ALTER TABLE entries_membershiprow ENABLE ALWAYS TRIGGER membershiprow_append_only;

CREATE OR REPLACE TRIGGER membershiprow_never_truncated
BEFORE TRUNCATE ON entries_membershiprow
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE entries_membershiprow ENABLE ALWAYS TRIGGER membershiprow_never_truncated;
