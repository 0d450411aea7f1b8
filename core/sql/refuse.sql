-- refuse: the function of every trigger that refuses under its own name, as a CHECK would
-- Its argument says what must be true; it must not repeat a row's values.
--
-- The approved erasure of a person and the approved purge of a campaign pass: functions of the
-- tables' owner that set dodonto.removal for themselves. Any session may set it, and only the owner
-- gets further for it.
CREATE OR REPLACE FUNCTION core_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') AND current_setting('dodonto.removal', TRUE) = 'on'
        AND CURRENT_USER = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)
    THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '%', TG_ARGV[0]
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END;
$$;
