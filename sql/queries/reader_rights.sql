-- name: reader_rights
-- for: internal
-- question: Can layerscope_reader read every view, and nothing be read in its name but by the function made for that?
SELECT coalesce((
    SELECT has_schema_privilege(r.oid, 'layerscope', 'USAGE')
           AND NOT EXISTS (
               SELECT FROM pg_class c
               WHERE c.relnamespace = to_regnamespace('layerscope') AND c.relkind = 'v'
                 AND NOT has_table_privilege(r.oid, c.oid, 'SELECT'))
           AND EXISTS (
               SELECT FROM pg_proc p
               WHERE p.oid = to_regprocedure('layerscope_data.read_as_reader(text, text[], int8)')
                 AND p.proowner = r.oid AND p.prosecdef)
    FROM pg_roles r WHERE r.rolname = 'layerscope_reader'), false) AS can_read;
