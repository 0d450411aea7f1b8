-- auditseal_triggers: what constraints cannot say about core_auditseal and core_auditremoval

CREATE OR REPLACE TRIGGER auditseal_append_only
BEFORE UPDATE OR DELETE ON core_auditseal
FOR EACH ROW
EXECUTE FUNCTION core_refuse('this table is only added to');
ALTER TABLE core_auditseal ENABLE ALWAYS TRIGGER auditseal_append_only;

CREATE OR REPLACE TRIGGER auditseal_never_truncated
BEFORE TRUNCATE ON core_auditseal
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE core_auditseal ENABLE ALWAYS TRIGGER auditseal_never_truncated;

CREATE OR REPLACE TRIGGER auditremoval_append_only
BEFORE UPDATE OR DELETE ON core_auditremoval
FOR EACH ROW
EXECUTE FUNCTION core_refuse('this table is only added to');
ALTER TABLE core_auditremoval ENABLE ALWAYS TRIGGER auditremoval_append_only;

CREATE OR REPLACE TRIGGER auditremoval_never_truncated
BEFORE TRUNCATE ON core_auditremoval
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE core_auditremoval ENABLE ALWAYS TRIGGER auditremoval_never_truncated;
