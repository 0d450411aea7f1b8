-- auditrecord_triggers: what constraints cannot say about core_auditrecord

CREATE OR REPLACE TRIGGER auditrecord_append_only
BEFORE UPDATE OR DELETE ON core_auditrecord
FOR EACH ROW
EXECUTE FUNCTION core_refuse('this table is only added to');
ALTER TABLE core_auditrecord ENABLE ALWAYS TRIGGER auditrecord_append_only;

CREATE OR REPLACE TRIGGER auditrecord_never_truncated
BEFORE TRUNCATE ON core_auditrecord
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE core_auditrecord ENABLE ALWAYS TRIGGER auditrecord_never_truncated;
