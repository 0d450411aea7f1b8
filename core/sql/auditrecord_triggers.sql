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

-- The name is the account's own at that time; it stays when the account's changes.
CREATE OR REPLACE FUNCTION core_require_own_name() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM core_user WHERE id = NEW.user_id AND username = NEW.name) THEN
        RAISE EXCEPTION 'a record names its account as it is called'
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER auditrecord_name_is_the_account_s
BEFORE INSERT ON core_auditrecord
FOR EACH ROW WHEN (NEW.user_id IS NOT NULL)
EXECUTE FUNCTION core_require_own_name();
ALTER TABLE core_auditrecord ENABLE ALWAYS TRIGGER auditrecord_name_is_the_account_s;

-- A number that was not drawn just now, or by an insert that was rolled back long ago, could stand
-- before records that are sealed. Only the owner may read what the sequence gave this session.
CREATE OR REPLACE FUNCTION core_require_drawn_number() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.id <> currval(pg_get_serial_sequence('core_auditrecord', 'id'))
        OR NEW.id <= (SELECT last_record FROM core_auditseal ORDER BY number DESC LIMIT 1)
    THEN
        RAISE EXCEPTION 'a record has the next number'
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER auditrecord_has_the_next_number
BEFORE INSERT ON core_auditrecord
FOR EACH ROW
EXECUTE FUNCTION core_require_drawn_number();
ALTER TABLE core_auditrecord ENABLE ALWAYS TRIGGER auditrecord_has_the_next_number;
