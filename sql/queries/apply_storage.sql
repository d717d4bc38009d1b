-- name: apply_storage
-- for: internal
-- question: (none) opens and closes damaged objects, orphan blobs and uploads, replaces what was found wrong, and adds to
--           what is known of tags and of pushes and pulls
-- parameters: $1 source_id int4, $2 the collection's moment timestamptz, $3 whether all blobs were looked at bool,
--             $4 whether all uploads were looked at bool, $5 whether it tells what is wrong with the storage bool

-- step: close_damaged
-- Damage of a blob that no item lists hurts nobody, and has no row.
WITH wanted AS (
    SELECT DISTINCT ON (o.object_id) o.object_id, s.bytes
    FROM staged_damaged s
    JOIN layerscope_data.object o
      ON o.source_id = $1::int4 AND o.key = s.key AND o.space = 'blob' AND o.store = s.store
    ORDER BY o.object_id, s.n DESC
)
UPDATE layerscope_data.damaged_object d
SET valid_until = $2::timestamptz
WHERE d.source_id = $1::int4 AND d.valid_until = 'infinity'
  AND NOT EXISTS (SELECT FROM wanted w WHERE w.object_id = d.object_id AND w.bytes = d.bytes)
  AND ($3::bool OR EXISTS (SELECT FROM wanted w WHERE w.object_id = d.object_id));

-- step: open_damaged
INSERT INTO layerscope_data.damaged_object (source_id, object_id, bytes, valid_from)
SELECT DISTINCT ON (o.object_id) $1::int4, o.object_id, s.bytes, $2::timestamptz
FROM staged_damaged s
JOIN layerscope_data.object o
  ON o.source_id = $1::int4 AND o.key = s.key AND o.space = 'blob' AND o.store = s.store
WHERE NOT EXISTS (
    SELECT FROM layerscope_data.damaged_object d
    WHERE d.source_id = $1::int4 AND d.object_id = o.object_id AND d.valid_until = 'infinity')
ORDER BY o.object_id, s.n DESC;

-- step: close_orphans
WITH wanted AS (
    SELECT DISTINCT ON (digest, store) * FROM staged_orphan ORDER BY digest, store, n DESC
)
UPDATE layerscope_data.orphan_blob b
SET valid_until = $2::timestamptz
WHERE b.source_id = $1::int4 AND b.valid_until = 'infinity'
  AND NOT EXISTS (
      SELECT FROM wanted w
      WHERE w.digest = b.digest AND w.store = b.store AND w.bytes = b.bytes
        AND w.modified_at IS NOT DISTINCT FROM b.modified_at)
  AND ($3::bool OR EXISTS (SELECT FROM wanted w WHERE w.digest = b.digest AND w.store = b.store));

-- step: open_orphans
INSERT INTO layerscope_data.orphan_blob (source_id, store, digest, bytes, modified_at, valid_from)
SELECT DISTINCT ON (s.digest, s.store) $1::int4, s.store, s.digest, s.bytes, s.modified_at, $2::timestamptz
FROM staged_orphan s
WHERE NOT EXISTS (
    SELECT FROM layerscope_data.orphan_blob b
    WHERE b.source_id = $1::int4 AND b.digest = s.digest AND b.store = s.store AND b.valid_until = 'infinity')
ORDER BY s.digest, s.store, s.n DESC;

-- step: close_uploads
WITH wanted AS (
    SELECT DISTINCT ON (upload_id, repository) * FROM staged_upload ORDER BY upload_id, repository, n DESC
)
UPDATE layerscope_data.upload u
SET valid_until = $2::timestamptz
WHERE u.source_id = $1::int4 AND u.valid_until = 'infinity'
  AND NOT EXISTS (
      SELECT FROM wanted w
      WHERE w.upload_id = u.upload_id AND w.repository = u.repository AND w.bytes = u.bytes
        AND w.started_at IS NOT DISTINCT FROM u.started_at)
  AND ($4::bool
       OR EXISTS (SELECT FROM wanted w WHERE w.upload_id = u.upload_id AND w.repository = u.repository));

-- step: open_uploads
INSERT INTO layerscope_data.upload (source_id, repository, upload_id, bytes, started_at, valid_from)
SELECT DISTINCT ON (s.upload_id, s.repository) $1::int4, s.repository, s.upload_id, s.bytes, s.started_at,
       $2::timestamptz
FROM staged_upload s
WHERE NOT EXISTS (
    SELECT FROM layerscope_data.upload u
    WHERE u.source_id = $1::int4 AND u.upload_id = s.upload_id AND u.repository = s.repository
      AND u.valid_until = 'infinity')
ORDER BY s.upload_id, s.repository, s.n DESC;

-- step: drop_findings
-- Findings are numbered in their own order, whichever way they came: what is found again is not written again.
WITH wanted AS (
    SELECT (row_number() OVER (ORDER BY path, kind, repository, digest, detail))::int4 AS position, *
    FROM (SELECT DISTINCT path, kind, repository, digest, detail FROM staged_finding) found
)
DELETE FROM layerscope_data.storage_finding f
WHERE $5::bool AND f.source_id = $1::int4
  AND NOT EXISTS (
      SELECT FROM wanted w
      WHERE w.position = f.position AND w.path = f.path AND w.kind = f.kind AND w.repository = f.repository
        AND w.digest IS NOT DISTINCT FROM f.digest AND w.detail = f.detail);

-- step: add_findings
INSERT INTO layerscope_data.storage_finding (source_id, position, kind, repository, path, digest, detail)
SELECT $1::int4, w.position, w.kind, w.repository, w.path, w.digest, w.detail
FROM (
    SELECT (row_number() OVER (ORDER BY path, kind, repository, digest, detail))::int4 AS position, *
    FROM (SELECT DISTINCT path, kind, repository, digest, detail FROM staged_finding) found) w
WHERE $5::bool AND NOT EXISTS (
    SELECT FROM layerscope_data.storage_finding f WHERE f.source_id = $1::int4 AND f.position = w.position);

-- step: add_targets
INSERT INTO layerscope_data.tag_target AS t (source_id, repository, tag, digest, linked_at)
SELECT $1::int4, repository, tag, digest, max(linked_at)
FROM staged_tag_target
GROUP BY repository, tag, digest
ORDER BY repository, digest, tag
ON CONFLICT (source_id, repository, digest, tag) DO UPDATE
SET linked_at = excluded.linked_at
WHERE excluded.linked_at IS NOT NULL AND (t.linked_at IS NULL OR t.linked_at < excluded.linked_at);

-- step: add_activity
-- In the order of keys, as events of the registry are written, so that two writers cannot wait for each other.
INSERT INTO layerscope_data.activity AS a (source_id, repository, digest, tag, pushed_at, pulled_at, records_pulls)
SELECT $1::int4, repository, digest, tag, max(pushed_at), max(pulled_at), bool_or(records_pulls)
FROM staged_activity
GROUP BY repository, digest, tag
ORDER BY repository, digest, tag
ON CONFLICT (source_id, repository, digest, tag) DO UPDATE
SET pushed_at = greatest(a.pushed_at, excluded.pushed_at), pulled_at = greatest(a.pulled_at, excluded.pulled_at),
    records_pulls = a.records_pulls OR excluded.records_pulls
WHERE (greatest(a.pushed_at, excluded.pushed_at), greatest(a.pulled_at, excluded.pulled_at),
       a.records_pulls OR excluded.records_pulls)
      IS DISTINCT FROM (a.pushed_at, a.pulled_at, a.records_pulls);
