-- account_triggers: what constraints cannot say about points_account

CREATE OR REPLACE TRIGGER account_begins_empty
BEFORE INSERT ON points_account
FOR EACH ROW WHEN (NEW.balance_points <> 0)
EXECUTE FUNCTION core_refuse('an account begins without points');
ALTER TABLE points_account ENABLE ALWAYS TRIGGER account_begins_empty;

CREATE OR REPLACE TRIGGER account_stays_whose_it_is
BEFORE UPDATE OF id, kind, campaign_id, wester_id ON points_account
FOR EACH ROW
EXECUTE FUNCTION core_refuse('an account stays whose it is');
ALTER TABLE points_account ENABLE ALWAYS TRIGGER account_stays_whose_it_is;

CREATE OR REPLACE TRIGGER account_never_deleted
BEFORE DELETE ON points_account
FOR EACH ROW
EXECUTE FUNCTION core_refuse('accounts are never deleted');
ALTER TABLE points_account ENABLE ALWAYS TRIGGER account_never_deleted;

CREATE OR REPLACE TRIGGER account_never_truncated
BEFORE TRUNCATE ON points_account
FOR EACH STATEMENT
EXECUTE FUNCTION core_refuse('this table is never truncated');
ALTER TABLE points_account ENABLE ALWAYS TRIGGER account_never_truncated;

-- The trigger of the transfers writes balances; for its statement this trigger is at depth 2.
-- For each statement and not for each row: a payout writes as many accounts as it has members.
CREATE OR REPLACE FUNCTION points_account_balance_follows_transfers() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a balance follows from the transfers'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'account_balance_follows_transfers';
    END IF;
    RETURN NULL;
END;
$$;

CREATE OR REPLACE TRIGGER account_balance_follows_transfers
BEFORE UPDATE OF balance_points ON points_account
FOR EACH STATEMENT
EXECUTE FUNCTION points_account_balance_follows_transfers();
ALTER TABLE points_account ENABLE ALWAYS TRIGGER account_balance_follows_transfers;

-- FOR SHARE: terms with another budget are either in force before or wait for this transaction.
CREATE OR REPLACE FUNCTION points_account_bound_is_the_budget() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    budget bigint;
BEGIN
    PERFORM FROM campaign_campaign WHERE id = NEW.campaign_id FOR SHARE;
    SELECT budget_points INTO budget FROM campaign_terms
    WHERE campaign_id = NEW.campaign_id AND published_at IS NOT NULL
    ORDER BY version DESC LIMIT 1;
    IF budget IS NULL OR NEW.least_points <> -budget THEN
        RAISE EXCEPTION 'an issuer gives no more than the budget'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'account_bound_is_the_budget';
    END IF;
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER account_bound_is_the_budget
BEFORE INSERT OR UPDATE OF least_points ON points_account
FOR EACH ROW WHEN (NEW.kind = 'issuer')
EXECUTE FUNCTION points_account_bound_is_the_budget();
ALTER TABLE points_account ENABLE ALWAYS TRIGGER account_bound_is_the_budget;
