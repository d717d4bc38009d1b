-- name: views
-- for: internal
-- question: Which views are there, and which columns do they have?

-- step: names
SELECT c.relname::text AS name FROM pg_class c
WHERE c.relnamespace = to_regnamespace('layerscope') AND c.relkind = 'v'
ORDER BY c.relname;

-- step: columns
-- parameters: $1 the view's name text
SELECT a.attname::text AS name, a.atttypid::int8 AS type
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = to_regnamespace('layerscope') AND c.relkind = 'v' AND c.relname = $1::text
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum;
