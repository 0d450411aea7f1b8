-- core_remove_look_ups: delete the look-ups of a campaign whose purge was approved; return how many
-- For a function of the tables' owner that sets dodonto.removal (core/sql/refuse.sql); anybody else
-- may not delete. Only what is sealed: its hash stays in the seal.
CREATE OR REPLACE FUNCTION core_remove_look_ups(approved bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    removed bigint;
BEGIN
    WITH looked_up AS (
        DELETE FROM core_auditrecord record
        USING core_approval approval
        WHERE approval.id = approved AND approval.state = 'approved'
            AND approval.action = 'campaign.purge'
            AND record.action = 'member.looked_up' AND record.subject = approval.subject
            AND record.id <= (SELECT max(last_record) FROM core_auditseal)
        RETURNING record.id
    )
    INSERT INTO core_auditremoval (record, approval_id) SELECT id, approved FROM looked_up;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END;
$$;
