-- name: apply_items
-- for: internal
-- question: (none) adds new items with their objects and children, and what was not known of others
-- parameters: $1 source_id int4, $2 the collection's moment timestamptz

-- step: number
-- Of an item that was recorded several times with different content the fullest is the best, then the last.
WITH known AS (
    SELECT s.n, s.digest, s.store, i.item_id, s.fingerprint IS DISTINCT FROM i.fingerprint AS differs,
           row_number() OVER (
               PARTITION BY s.digest, s.store
               ORDER BY s.layers DESC, s.configuration IS NULL, s.created_at IS NULL, s.n DESC) = 1 AS is_best
    FROM staged_item s
    LEFT JOIN layerscope_data.item i ON i.source_id = $1::int4 AND i.digest = s.digest AND i.store = s.store
), numbered AS (
    SELECT digest, store,
           (SELECT coalesce(max(item_id), 0) FROM layerscope_data.item WHERE source_id = $1::int4)
               + row_number() OVER (ORDER BY first) AS item_id
    FROM (SELECT digest, store, min(n) AS first FROM known WHERE item_id IS NULL GROUP BY digest, store) new
)
INSERT INTO item_map
SELECT n, item_id, false, is_best, is_best AND differs FROM known WHERE item_id IS NOT NULL
UNION ALL
SELECT k.n, m.item_id::int4, true, k.is_best, k.is_best
FROM known k JOIN numbered m USING (digest, store)
WHERE k.item_id IS NULL;

-- step: update
UPDATE layerscope_data.item i
SET kind = s.kind, fingerprint = s.fingerprint, media_type = coalesce(s.media_type, i.media_type),
    artifact_type = coalesce(s.artifact_type, i.artifact_type), image_id = coalesce(s.image_id, i.image_id),
    os = coalesce(s.os, i.os), architecture = coalesce(s.architecture, i.architecture),
    variant = coalesce(s.variant, i.variant), os_version = coalesce(s.os_version, i.os_version),
    created_at = coalesce(s.created_at, i.created_at), subject = coalesce(s.subject, i.subject),
    parent = coalesce(s.parent, i.parent), is_intermediate = s.is_intermediate,
    layers = CASE WHEN s.objects > 0 THEN s.layers ELSE i.layers END,
    base_digest = coalesce(s.base_digest, i.base_digest), base_name = coalesce(s.base_name, i.base_name),
    labels = CASE WHEN s.labels = '{}' THEN i.labels ELSE s.labels END,
    annotations = CASE WHEN s.annotations = '{}' THEN i.annotations ELSE s.annotations END,
    configuration = coalesce(s.configuration, i.configuration)
FROM item_map m JOIN staged_item s USING (n)
WHERE m.is_changed AND NOT m.is_new AND i.source_id = $1::int4 AND i.item_id = m.item_id;

-- step: add
INSERT INTO layerscope_data.item (
    source_id, item_id, store, kind, digest, fingerprint, media_type, artifact_type, image_id, os, architecture,
    variant, os_version, created_at, subject, parent, is_intermediate, layers, base_digest, base_name, labels,
    annotations, configuration)
SELECT $1::int4, m.item_id, s.store, s.kind, s.digest, s.fingerprint, s.media_type, s.artifact_type, s.image_id, s.os,
       s.architecture, s.variant, s.os_version, s.created_at, s.subject, s.parent, s.is_intermediate, s.layers,
       s.base_digest, s.base_name, s.labels, s.annotations, s.configuration
FROM item_map m JOIN staged_item s USING (n)
WHERE m.is_new AND m.is_best
ORDER BY m.item_id;

-- step: drop_objects
DELETE FROM layerscope_data.item_object io
USING item_map m JOIN staged_item s USING (n)
WHERE m.is_changed AND NOT m.is_new AND s.objects > 0 AND io.source_id = $1::int4 AND io.item_id = m.item_id;

-- step: add_objects
INSERT INTO layerscope_data.item_object (source_id, item_id, position, object_id, instruction)
SELECT $1::int4, m.item_id, s.position, om.object_id,
       nullif(coalesce(s.instruction, om.instruction), o.instruction)
FROM staged_item_object s
JOIN item_map m ON m.n = s.item AND m.is_changed
JOIN object_map om ON om.n = s.object
JOIN layerscope_data.object o ON o.source_id = $1::int4 AND o.object_id = om.object_id
ORDER BY m.item_id, s.position;

-- step: drop_children
DELETE FROM layerscope_data.item_child c
USING item_map m JOIN staged_item s USING (n)
WHERE m.is_changed AND NOT m.is_new AND s.children > 0 AND c.source_id = $1::int4 AND c.item_id = m.item_id;

-- step: add_children
INSERT INTO layerscope_data.item_child (
    source_id, item_id, position, digest, child_id, os, architecture, variant)
SELECT $1::int4, m.item_id, s.position, s.digest, child.item_id, s.os, s.architecture, s.variant
FROM staged_child s
JOIN item_map m ON m.n = s.item AND m.is_changed
JOIN staged_item parent ON parent.n = s.item
LEFT JOIN layerscope_data.item child
       ON child.source_id = $1::int4 AND child.digest = s.digest AND child.store = parent.store;

-- step: find_children
UPDATE layerscope_data.item_child c
SET child_id = i.item_id
FROM item_map m
JOIN layerscope_data.item i ON i.source_id = $1::int4 AND i.item_id = m.item_id
WHERE m.is_new AND m.is_best AND c.source_id = $1::int4 AND c.child_id IS NULL AND c.digest = i.digest
  AND EXISTS (
      SELECT FROM layerscope_data.item parent
      WHERE parent.source_id = $1::int4 AND parent.item_id = c.item_id AND parent.store = i.store);

-- step: close_missing
-- A child is there if any observation of its index says so.
UPDATE layerscope_data.missing_child c
SET valid_until = $2::timestamptz
FROM (
    SELECT m.item_id, s.position
    FROM staged_child s JOIN item_map m ON m.n = s.item
    GROUP BY m.item_id, s.position
    HAVING bool_or(s.is_present)) there
WHERE c.source_id = $1::int4 AND c.item_id = there.item_id AND c.position = there.position
  AND c.valid_until = 'infinity';

-- step: open_missing
INSERT INTO layerscope_data.missing_child (source_id, item_id, position, valid_from)
SELECT $1::int4, gone.item_id, gone.position, $2::timestamptz
FROM (
    SELECT m.item_id, s.position
    FROM staged_child s JOIN item_map m ON m.n = s.item
    GROUP BY m.item_id, s.position
    HAVING NOT bool_or(s.is_present)) gone
WHERE NOT EXISTS (
    SELECT FROM layerscope_data.missing_child c
    WHERE c.source_id = $1::int4 AND c.item_id = gone.item_id AND c.position = gone.position
      AND c.valid_until = 'infinity');
