-- record_removal: record in the audit what an approved erasure or purge removed, as the approver
-- For the functions of the tables' owner, so that none of them leaves no trace.
CREATE OR REPLACE FUNCTION points_record_removal(done varchar, approved bigint, counts jsonb)
RETURNS void
LANGUAGE sql SET search_path FROM CURRENT AS $$
    INSERT INTO core_auditrecord (at, action, subject, user_id, name, os_user, host, detail)
    SELECT
        approval.decided_at, done, approval.subject, approval.decided_by_id, account.username,
        approval.decided_os_user, approval.decided_host,
        jsonb_build_object('approval', approved, 'tables', counts)
    FROM core_approval approval
    JOIN core_user account ON account.id = approval.decided_by_id
    WHERE approval.id = approved;
$$;
