-- name: builds
-- for: internal
-- question: (none) reads whole builds, oldest first, and finds those that a reading may be of

-- step: lock
-- Builds of all sources are compared with each other: one writer at a time. Taken behind the lock of a source.
SELECT pg_advisory_xact_lock(1279350611, -6);

-- step: matching
-- A build whose start is not known ran before it was seen.
-- parameters: $1 source, $2 project, $3 target, $4 dockerfile, $5 branch, $6 builder, all text; $7 since, $8 until
--             timestamptz; $9 how many of the newest int8. Null for any.
SELECT m.build_id FROM (
    SELECT b.build_id, coalesce(b.started_at, b.seen_at) AS moment
    FROM layerscope_data.build b JOIN layerscope_data.source s USING (source_id)
    WHERE ($1::text IS NULL OR s.name = $1::text)
      AND ($2::text IS NULL OR b.project = $2::text)
      AND ($3::text IS NULL OR b.target = $3::text)
      AND ($4::text IS NULL OR b.dockerfile = $4::text)
      AND ($5::text IS NULL OR b.branch = $5::text)
      AND ($6::text IS NULL OR b.builder = $6::text)
      AND ($7::timestamptz IS NULL OR b.started_at >= $7::timestamptz)
      AND ($8::timestamptz IS NULL OR b.started_at < $8::timestamptz)
    ORDER BY moment DESC, b.build_id DESC
    LIMIT $9::int8) m
ORDER BY m.moment, m.build_id;

-- step: lineage
-- parameters: $1 project, $2 target, $3 dockerfile, all text; '' for those that have none
SELECT b.build_id FROM layerscope_data.build b
WHERE coalesce(b.project, '') = $1::text AND coalesce(b.target, '') = $2::text AND coalesce(b.dockerfile, '') = $3::text
ORDER BY coalesce(b.started_at, b.seen_at), b.build_id;

-- step: read_builds
-- parameters: $1 build numbers int4[]
SELECT b.source_id, b.build_id, b.seen_at, b.reference, b.content_digest, b.form, b.tool, b.project, b.target,
       b.dockerfile, b.branch, b.commit, b.builder, b.started_at, b.duration_ns, b.result, b.error, b.image_digest,
       b.image_names, b.vertices, b.cached_vertices, b.uses_cache, b.gaps
FROM layerscope_data.build b
WHERE b.build_id = ANY ($1::int4[])
ORDER BY coalesce(b.started_at, b.seen_at), b.build_id;

-- step: read_steps
-- parameters: $1 build numbers int4[]
SELECT t.build_id, t.number, t.kind, t.name, t.platform, t.stage, t.position, t.positions, t.instruction, t.text,
       t.vertex, t.inputs, t.outcome, t.start_ns, t.duration_ns, t.error, t.first_line, t.last_line, t.layers,
       t.image_id
FROM layerscope_data.build b JOIN layerscope_data.build_step t USING (source_id, build_id)
WHERE b.build_id = ANY ($1::int4[])
ORDER BY t.build_id, t.number;

-- step: read_readings
-- parameters: $1 build numbers int4[]
SELECT r.build_id, r.digest, r.form
FROM layerscope_data.build b JOIN layerscope_data.build_reading r USING (source_id, build_id)
WHERE b.build_id = ANY ($1::int4[])
ORDER BY r.build_id, r.digest;

-- step: staged_builds
-- parameters: $1 first, $2 last number int4
SELECT b.source_id, b.build_id, b.seen_at, b.reference, b.content_digest, b.form, b.tool, b.project, b.target,
       b.dockerfile, b.branch, b.commit, b.builder, b.started_at, b.duration_ns, b.result, b.error, b.image_digest,
       b.image_names, b.vertices, b.cached_vertices, b.uses_cache, b.gaps
FROM staged_build b
WHERE b.build_id BETWEEN $1::int4 AND $2::int4
ORDER BY b.build_id;

-- step: staged_steps
-- parameters: $1 first, $2 last number int4
SELECT t.build_id, t.number, t.kind, t.name, t.platform, t.stage, t.position, t.positions, t.instruction, t.text,
       t.vertex, t.inputs, t.outcome, t.start_ns, t.duration_ns, t.error, t.first_line, t.last_line, t.layers,
       t.image_id
FROM staged_build_step t
WHERE t.build_id BETWEEN $1::int4 AND $2::int4
ORDER BY t.build_id, t.number;

-- step: candidates
-- Builds that staged ones may be. By the fingerprint a log may be what a builder or its record told of, and the other
-- way round.
-- parameters: $1 first, $2 last number int4
SELECT b.build_id
FROM staged_build n JOIN layerscope_data.build b ON b.reference = n.reference
WHERE n.build_id BETWEEN $1::int4 AND $2::int4
UNION
SELECT r.build_id
FROM staged_build n JOIN layerscope_data.build_reading r ON r.digest = n.content_digest
WHERE n.build_id BETWEEN $1::int4 AND $2::int4
UNION
SELECT b.build_id
FROM staged_build n JOIN layerscope_data.build b ON b.fingerprint = n.fingerprint
WHERE n.build_id BETWEEN $1::int4 AND $2::int4
  AND (n.form IN ('log', 'rawjson')) <> (b.form IN ('log', 'rawjson'))
  AND coalesce(abs(extract(epoch FROM n.started_at - b.started_at)) <= 2, true);

-- step: count
SELECT coalesce(max(build_id), 0)::int4 AS last FROM staged_build;

-- step: last_number
SELECT coalesce(max(build_id), 0)::int4 AS last FROM layerscope_data.build;

-- step: remove
-- parameters: $1 build numbers int4[]
WITH gone AS (
    SELECT b.source_id, b.build_id FROM layerscope_data.build b WHERE b.build_id = ANY ($1::int4[])
), steps AS (
    DELETE FROM layerscope_data.build_step t USING gone g WHERE t.source_id = g.source_id AND t.build_id = g.build_id
)
DELETE FROM layerscope_data.build b USING gone g WHERE b.source_id = g.source_id AND b.build_id = g.build_id;

-- step: figure_builds
UPDATE layerscope_data.build b
SET saved_ns = f.saved_ns, lost_ns = f.lost_ns, unknown_hits = f.number
FROM staged_build_figure f
WHERE f.is_build AND b.source_id = f.source_id AND b.build_id = f.build_id
  AND (b.saved_ns, b.lost_ns, b.unknown_hits) IS DISTINCT FROM (f.saved_ns, f.lost_ns, f.number);

-- step: figure_steps
UPDATE layerscope_data.build_step t
SET saved_ns = f.saved_ns, lost_ns = f.lost_ns, cause = f.cause, evidence = f.evidence
FROM staged_build_figure f
WHERE NOT f.is_build AND t.source_id = f.source_id AND t.build_id = f.build_id AND t.number = f.number
  AND (t.saved_ns, t.lost_ns, t.cause, t.evidence) IS DISTINCT FROM (f.saved_ns, f.lost_ns, f.cause, f.evidence);

-- step: sources
SELECT s.name FROM layerscope_data.source s
WHERE EXISTS (SELECT FROM layerscope_data.build b WHERE b.source_id = s.source_id)
ORDER BY s.name;
