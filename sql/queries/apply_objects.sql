-- name: apply_objects
-- for: internal
-- question: (none) gives staged objects their numbers, adds new ones, fills in what was not known
-- parameters: $1 source_id int4, $2 the collection's moment timestamptz

-- step: number
WITH known AS (
    SELECT s.n, o.object_id, s.store, s.space, s.key, s.instruction
    FROM staged_object s
    LEFT JOIN layerscope_data.object o
           ON o.source_id = $1::int4 AND o.key = s.key AND o.space = s.space AND o.store = s.store
), numbered AS (
    SELECT store, space, key, first,
           (SELECT coalesce(max(object_id), 0) FROM layerscope_data.object WHERE source_id = $1::int4)
               + row_number() OVER (ORDER BY first) AS object_id
    FROM (SELECT store, space, key, min(n) AS first FROM known WHERE object_id IS NULL GROUP BY store, space, key) new
)
INSERT INTO object_map
SELECT n, object_id, false, instruction FROM known WHERE object_id IS NOT NULL
UNION ALL
SELECT k.n, m.object_id::int4, k.n = m.first, CASE WHEN k.n <> m.first THEN k.instruction END
FROM known k JOIN numbered m USING (store, space, key)
WHERE k.object_id IS NULL;

-- step: add
INSERT INTO layerscope_data.object (
    source_id, object_id, store, space, key, kind, bytes, is_measured, media_type, diff_id, uncompressed_bytes,
    instruction)
SELECT $1::int4, m.object_id, s.store, s.space, s.key, s.kind, s.bytes, s.is_measured, s.media_type, s.diff_id,
       s.uncompressed_bytes, s.instruction
FROM object_map m JOIN staged_object s USING (n)
WHERE m.is_first
ORDER BY m.object_id;

-- A snapshot is measured anew by each collection. Of a blob the newer word stands, but what is only claimed never takes
-- the place of what was measured.
-- step: fill
UPDATE layerscope_data.object o
SET bytes = CASE WHEN o.is_measured AND NOT k.is_measured THEN o.bytes ELSE coalesce(k.bytes, o.bytes) END,
    is_measured = o.is_measured OR k.is_measured,
    diff_id = coalesce(o.diff_id, k.diff_id),
    uncompressed_bytes = CASE WHEN o.is_measured AND NOT k.is_measured
                              THEN coalesce(o.uncompressed_bytes, k.uncompressed_bytes)
                              ELSE coalesce(k.uncompressed_bytes, o.uncompressed_bytes) END,
    media_type = coalesce(o.media_type, k.media_type),
    instruction = coalesce(o.instruction, k.instruction)
FROM (
    SELECT m.object_id, bool_or(s.is_measured) AS is_measured,
           (array_agg(s.bytes ORDER BY s.is_measured DESC, s.n DESC) FILTER (WHERE s.bytes IS NOT NULL))[1] AS bytes,
           (array_agg(s.diff_id ORDER BY s.n) FILTER (WHERE s.diff_id IS NOT NULL))[1] AS diff_id,
           (array_agg(s.uncompressed_bytes ORDER BY s.is_measured DESC, s.n DESC)
               FILTER (WHERE s.uncompressed_bytes IS NOT NULL))[1] AS uncompressed_bytes,
           (array_agg(s.media_type ORDER BY s.n) FILTER (WHERE s.media_type IS NOT NULL))[1] AS media_type,
           (array_agg(s.instruction ORDER BY s.n) FILTER (WHERE s.instruction IS NOT NULL))[1] AS instruction
    FROM object_map m JOIN staged_object s USING (n)
    WHERE NOT m.is_first
    GROUP BY m.object_id) k
WHERE o.source_id = $1::int4 AND o.object_id = k.object_id
  AND (k.is_measured AND NOT o.is_measured
       OR o.bytes IS NULL AND k.bytes IS NOT NULL
       OR o.bytes <> k.bytes AND k.is_measured = o.is_measured
       OR o.diff_id IS NULL AND k.diff_id IS NOT NULL
       OR o.uncompressed_bytes IS NULL AND k.uncompressed_bytes IS NOT NULL
       OR o.uncompressed_bytes <> k.uncompressed_bytes AND k.is_measured = o.is_measured
       OR o.media_type IS NULL AND k.media_type IS NOT NULL
       OR o.instruction IS NULL AND k.instruction IS NOT NULL);
