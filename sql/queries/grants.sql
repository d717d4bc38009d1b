-- name: grants
-- for: script
-- question: (none) makes the role that may read the views and nothing else, as far as the migrating user may;
--           run after every migration, and whenever the rights are not there
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'layerscope_reader') THEN
        CREATE ROLE layerscope_reader NOLOGIN;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'role layerscope_reader is missing and % may not create it', current_user;
    WHEN duplicate_object OR unique_violation THEN
        NULL; -- another database of this server was migrated at the same moment
END
$$;

-- Runs one statement with the reader's rights. SET ROLE would not do: a statement may take that back by
-- set_config('role', ...), and functions check rights only when they are called. Inside a function that runs with its
-- owner's rights PostgreSQL refuses to change the role, and a transaction cannot be ended.
CREATE OR REPLACE FUNCTION layerscope_data.read_as_reader(statement text, arguments text[], row_limit int8)
RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER SET search_path = layerscope, pg_catalog, pg_temp AS $$
DECLARE
    line  record;
    lines int8 := 0;
BEGIN
    FOR line IN EXECUTE statement USING arguments[1], arguments[2], arguments[3], arguments[4] LOOP
        EXIT WHEN lines >= row_limit;
        lines := lines + 1;
        RETURN NEXT line;
    END LOOP;
END
$$;

REVOKE ALL ON FUNCTION layerscope_data.read_as_reader(text, text[], int8) FROM PUBLIC;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'layerscope_reader') THEN
        GRANT USAGE ON SCHEMA layerscope TO layerscope_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA layerscope TO layerscope_reader;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE '% may not let layerscope_reader read the views', current_user;
END
$$;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'layerscope_reader') THEN
        RETURN;
    END IF;
    IF NOT pg_has_role('layerscope_reader', 'MEMBER') THEN
        EXECUTE format('GRANT layerscope_reader TO %I', current_user);
    END IF;
    -- The owner of a function needs CREATE on its schema only while it becomes the owner.
    GRANT CREATE ON SCHEMA layerscope_data TO layerscope_reader;
    ALTER FUNCTION layerscope_data.read_as_reader(text, text[], int8) OWNER TO layerscope_reader;
    REVOKE CREATE ON SCHEMA layerscope_data FROM layerscope_reader;
    EXECUTE format(
        'GRANT EXECUTE ON FUNCTION layerscope_data.read_as_reader(text, text[], int8) TO %I', current_user);
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE '% may not run statements as layerscope_reader', current_user;
END
$$;
