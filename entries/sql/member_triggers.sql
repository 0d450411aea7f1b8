-- member_triggers: what constraints cannot say about entries_member

CREATE OR REPLACE TRIGGER member_stays
BEFORE UPDATE ON entries_member
FOR EACH ROW
EXECUTE FUNCTION core_refuse('account and WESTER ID of a member never change');
ALTER TABLE entries_member ENABLE ALWAYS TRIGGER member_stays;
