-- audit_writers: the last record, and the transactions that may still commit an earlier one
-- An INSERT locks the table before it draws its record's number, until its transaction ends. The
-- statement sees the records of its beginning, and then the locks: who drew an earlier number has
-- committed or is among them. Reads core_auditrecord by its primary key.
SELECT
    (SELECT max(id) FROM core_auditrecord) AS last_record,
    ARRAY(
        SELECT virtualtransaction FROM pg_locks
        WHERE locktype = 'relation' AND relation = 'core_auditrecord'::regclass
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND mode = 'RowExclusiveLock' AND granted
            AND pid IS DISTINCT FROM pg_backend_pid()
    ) AS writers
