-- user_triggers: what constraints cannot say about accounts and their roles

CREATE OR REPLACE TRIGGER user_name_stays
BEFORE UPDATE ON core_user
FOR EACH ROW WHEN (OLD.username IS DISTINCT FROM NEW.username)
EXECUTE FUNCTION core_refuse('an account is never renamed');
ALTER TABLE core_user ENABLE ALWAYS TRIGGER user_name_stays;

CREATE OR REPLACE TRIGGER user_staff_from_the_beginning
BEFORE UPDATE ON core_user
FOR EACH ROW WHEN (OLD.is_staff IS DISTINCT FROM NEW.is_staff)
EXECUTE FUNCTION core_refuse('an account is of staff from its creation on, or never');
ALTER TABLE core_user ENABLE ALWAYS TRIGGER user_staff_from_the_beginning;

CREATE OR REPLACE TRIGGER user_staff_never_deleted
BEFORE DELETE ON core_user
FOR EACH ROW WHEN (OLD.is_staff)
EXECUTE FUNCTION core_refuse('an account of staff is disabled, never deleted');
ALTER TABLE core_user ENABLE ALWAYS TRIGGER user_staff_never_deleted;

CREATE OR REPLACE TRIGGER user_never_truncated
BEFORE TRUNCATE ON core_user
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE core_user ENABLE ALWAYS TRIGGER user_never_truncated;

-- An approver requests nothing that approvers decide, and runs no accounts; a superuser may do all.
CREATE OR REPLACE FUNCTION core_user_approver_apart() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    account bigint;
    roles text[];
BEGIN
    IF TG_TABLE_NAME = 'core_user' THEN
        account := NEW.id;
    ELSE
        account := NEW.user_id;
    END IF;
    -- One change of an account at a time: two at once would not see each other, and with an older
    -- snapshot not one after the other either.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'roles change at READ COMMITTED only'
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    PERFORM FROM core_user WHERE id = account FOR NO KEY UPDATE;
    SELECT array_agg(auth_group.name) INTO roles
    FROM core_user_groups INNER JOIN auth_group ON auth_group.id = core_user_groups.group_id
    WHERE core_user_groups.user_id = account;
    IF 'approver' = ANY(roles) AND (
        roles && ARRAY['accounts', 'campaign', 'ops']
        OR (SELECT is_superuser FROM core_user WHERE id = account)
    ) THEN
        RAISE EXCEPTION 'an approver has no role whose requests approvers decide'
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END;
$$;

CREATE OR REPLACE TRIGGER user_approver_apart
AFTER INSERT OR UPDATE ON core_user_groups
FOR EACH ROW
EXECUTE FUNCTION core_user_approver_apart();
ALTER TABLE core_user_groups ENABLE ALWAYS TRIGGER user_approver_apart;

CREATE OR REPLACE TRIGGER user_superuser_apart
AFTER UPDATE OF is_superuser ON core_user
FOR EACH ROW WHEN (NEW.is_superuser)
EXECUTE FUNCTION core_user_approver_apart();
ALTER TABLE core_user ENABLE ALWAYS TRIGGER user_superuser_apart;
