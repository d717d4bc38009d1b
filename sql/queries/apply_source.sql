-- name: apply_source
-- for: internal
-- question: (none) finds or adds a source, and writes down that a collection of it ran

-- step: lock
-- parameters: $1 the source's name text
SELECT pg_advisory_xact_lock(1279350611, hashtext($1::text));

-- step: find
-- parameters: $1 the source's name text
SELECT source_id, kind FROM layerscope_data.source WHERE name = $1::text;

-- step: moment
-- What the collection stands for: when it started, but after the one before even if the clock went back.
-- parameters: $1 source_id int4, $2 started_at timestamptz
SELECT greatest($2::timestamptz, max(observed_at) + interval '1 microsecond') AS observed_at
FROM layerscope_data.collection WHERE source_id = $1::int4;

-- step: add
-- parameters: $1 name, $2 kind, $3 location, $4 product, $5 bytes_are, all text
INSERT INTO layerscope_data.source (name, kind, location, product, bytes_are)
VALUES ($1::text, $2::text, $3::text, $4::text, $5::text)
RETURNING source_id;

-- step: update
-- A source that is described by names and by its storage is where its names are.
-- parameters: $1 source_id int4, $2 location text, $3 product text, $4 bytes_are text, $5 scope text
UPDATE layerscope_data.source s
SET location = $2::text, product = CASE WHEN $3::text = '' THEN product ELSE $3::text END, bytes_are = $4::text
WHERE source_id = $1::int4
  AND (location, product, bytes_are) IS DISTINCT FROM
      ($2::text, CASE WHEN $3::text = '' THEN product ELSE $3::text END, $4::text)
  AND ($5::text = 'named' OR NOT EXISTS (
      SELECT FROM layerscope_data.collection c WHERE c.source_id = s.source_id AND c.scope = 'named'));

-- step: seen_whole
-- Whether the source was ever seen by a collection that sees everything.
-- parameters: $1 source_id int4
SELECT EXISTS (
    SELECT FROM layerscope_data.collection c
    WHERE c.source_id = $1::int4 AND c.scope = 'everything' AND c.observed_at IS NOT NULL) AS seen_whole;

-- step: add_collection
-- parameters: $1 source_id int4, $2 started_at timestamptz, $3 observed_at timestamptz, $4 is_complete bool,
--             $5 tool_version text, $6 scope text
INSERT INTO layerscope_data.collection (
    source_id, collection_id, started_at, finished_at, observed_at, is_complete, tool_version,
    scope)
SELECT $1::int4, coalesce(max(collection_id), 0) + 1, $2::timestamptz, greatest(clock_timestamp(), $2::timestamptz),
       $3::timestamptz, $4::bool, $5::text, $6::text
FROM layerscope_data.collection WHERE source_id = $1::int4
RETURNING collection_id;

-- step: add_aspect
-- parameters: $1 source_id int4, $2 collection_id int4, $3 aspect, $4 outcome text, $5 seen, $6 expected int8,
--             $7 detail, $8 hint text
INSERT INTO layerscope_data.collection_aspect (
    source_id, collection_id, aspect, outcome, seen, expected, detail, hint)
VALUES ($1::int4, $2::int4, $3::text, $4::text, $5::int8, $6::int8, $7::text, $8::text);

-- step: add_reported
-- parameters: $1 source_id int4, $2 collection_id int4
INSERT INTO layerscope_data.reported_figure (source_id, collection_id, name, bytes, note)
SELECT DISTINCT ON (name) $1::int4, $2::int4, name, bytes, note FROM staged_reported ORDER BY name, n DESC;
