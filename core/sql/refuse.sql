-- refuse: the function of every trigger that refuses under its own name, as a CHECK would
-- Its argument says what must be true; it must not repeat a row's values.
CREATE OR REPLACE FUNCTION core_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0]
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END;
$$;
