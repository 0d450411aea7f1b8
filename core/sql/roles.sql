-- roles: the roles of the database; to be run in it by a superuser before the first migrate
-- It may be run again, also after migrate: what another role made is handed over to the owner.
-- Passwords are no part of it (ALTER ROLE dodonto_app PASSWORD ..., or \password of psql).
--
-- dodonto_owner     owns the schema and all in it; migrate alone connects as it
-- dodonto_app       the site, the workers and the commands; migrate grants its rights by table
-- dodonto_readonly  reads all but secrets
DO $$
DECLARE
    place text := quote_ident(current_database());
    one record;
BEGIN
    FOR one IN
        SELECT wanted.name
        FROM unnest('{dodonto_owner,dodonto_app,dodonto_readonly}'::text []) wanted (name)
        WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name)
    LOOP
        EXECUTE format('CREATE ROLE %I LOGIN', one.name);
    END LOOP;
    EXECUTE format('ALTER DATABASE %s OWNER TO dodonto_owner', place);
    EXECUTE format('REVOKE ALL ON DATABASE %s FROM public', place);
    EXECUTE format('GRANT CONNECT ON DATABASE %s TO dodonto_app, dodonto_readonly', place);
    -- The rows of a load wait in temporary tables.
    EXECUTE format('GRANT TEMPORARY ON DATABASE %s TO dodonto_app', place);

    FOR one IN
        SELECT
            CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
            oid::regclass::text AS name
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
            AND relowner <> 'dodonto_owner'::regrole
            -- An identity goes with its table.
            AND NOT EXISTS (
                SELECT FROM pg_depend
                WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid
                    AND deptype IN ('a', 'i', 'e')
            )
        UNION ALL
        SELECT 'FUNCTION', oid::regprocedure::text FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proowner <> 'dodonto_owner'::regrole
            AND NOT EXISTS (
                SELECT FROM pg_depend
                WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e'
            )
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO dodonto_owner', one.kind, one.name);
    END LOOP;
END $$;

ALTER SCHEMA public OWNER TO dodonto_owner;
REVOKE ALL ON SCHEMA public FROM public;
GRANT USAGE ON SCHEMA public TO dodonto_app, dodonto_readonly;
-- What migrate makes is nobody else's until it has granted it.
ALTER DEFAULT PRIVILEGES FOR ROLE dodonto_owner REVOKE EXECUTE ON FUNCTIONS FROM public;
