-- name: cleanup_facts
-- for: internal
-- question: What does a clean-up plan need to know beside the graph of a source? Read by binary COPY, so the parameter
--           stands in the text: @source is replaced by the number of the source.

-- step: tags
-- Names with what is said of the tag itself. The kind in the order of CleanupFacts.Tag.Kind.
SELECT t.repository_id, t.item_id, CASE t.kind WHEN 'tag' THEN 0 WHEN 'referrer_tag' THEN 1 ELSE 2 END::int2, t.name,
       a.pushed_at, a.pulled_at, coalesce(a.records_pulls, false)
FROM layerscope_data.reference t
LEFT JOIN (
    SELECT r.repository_id, i.item_id, a.tag, a.pushed_at, a.pulled_at, a.records_pulls
    FROM layerscope_data.activity a
    JOIN layerscope_data.repository r ON r.source_id = a.source_id AND r.name = a.repository
    JOIN layerscope_data.item i ON i.source_id = a.source_id AND i.digest = a.digest AND i.store IN ('', a.repository)
    WHERE a.source_id = @source AND a.tag <> '') a
       ON a.repository_id = t.repository_id AND a.item_id = t.item_id AND a.tag = t.name
WHERE t.source_id = @source AND t.valid_until = 'infinity'
ORDER BY t.repository_id, t.kind, t.name;

-- step: items
SELECT item_id, digest, created_at FROM layerscope_data.item WHERE source_id = @source;

-- step: parents
-- What an engine's images were built from.
SELECT i.item_id, p.item_id
FROM layerscope_data.item i
JOIN layerscope_data.item p ON p.source_id = i.source_id AND p.store = i.store AND p.digest = i.parent
WHERE i.source_id = @source AND i.parent IS NOT NULL;

-- step: objects
SELECT object_id, key FROM layerscope_data.object WHERE source_id = @source;

-- step: activity
-- What is said of manifests and their tags: first whether it is of the manifest itself.
SELECT a.tag = '', r.repository_id, i.item_id, a.pushed_at, a.pulled_at, a.records_pulls
FROM layerscope_data.activity a
JOIN layerscope_data.repository r ON r.source_id = a.source_id AND r.name = a.repository
JOIN layerscope_data.item i ON i.source_id = a.source_id AND i.digest = a.digest AND i.store IN ('', a.repository)
WHERE a.source_id = @source;

-- step: was_tagged
SELECT repository_id, item_id FROM layerscope_data.reference WHERE source_id = @source AND kind = 'tag'
UNION ALL
SELECT r.repository_id, i.item_id
FROM layerscope_data.tag_target t
JOIN layerscope_data.repository r ON r.source_id = t.source_id AND r.name = t.repository
JOIN layerscope_data.item i ON i.source_id = t.source_id AND i.digest = t.digest AND i.store IN ('', t.repository)
WHERE t.source_id = @source;

-- step: repositories
SELECT repository_id, is_complete FROM layerscope_data.repository WHERE source_id = @source;

-- step: users
-- Items that a container on any engine uses: of its own engine the image itself; of any source what has the same
-- configuration, the same digest, the digest of an index that the engine knows it by, or is listed in such an index.
WITH RECURSIVE container AS (
    SELECT c.source_id, c.container_id, c.item_id, c.image_name,
           'container ' || coalesce(nullif(c.name, ''), c.container_id) || ' on ' || s.name AS label
    FROM layerscope_data.container c JOIN layerscope_data.source s USING (source_id)
    WHERE c.valid_until = 'infinity' AND s.kind = 'engine'
), below (source_id, item_id, label) AS (
    SELECT source_id, item_id, label FROM container WHERE item_id IS NOT NULL
    UNION
    SELECT c.source_id, c.child_id, below.label
    FROM below JOIN layerscope_data.item_child c USING (source_id, item_id)
    WHERE c.child_id IS NOT NULL
), said (label, name) AS (
    SELECT c.label, t.name
    FROM container c JOIN layerscope_data.reference t USING (source_id, item_id)
    WHERE t.kind = 'digest' AND t.valid_until = 'infinity'
    UNION
    SELECT label, image_name FROM container
), known (label, digest) AS (
    SELECT b.label, i.digest FROM below b JOIN layerscope_data.item i USING (source_id, item_id)
    UNION
    SELECT b.label, i.image_id FROM below b JOIN layerscope_data.item i USING (source_id, item_id)
    WHERE i.image_id IS NOT NULL
    UNION
    SELECT b.label, c.digest FROM below b JOIN layerscope_data.item_child c USING (source_id, item_id)
    UNION
    SELECT label, decode(substring(name FROM 'sha(?:256|512):([0-9a-f]+)$'), 'hex') FROM said
    WHERE name ~ '(^|@)(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$'
), used (item_id, label) AS (
    SELECT i.item_id, k.label
    FROM known k JOIN layerscope_data.item i ON i.source_id = @source AND i.digest = k.digest
    UNION
    SELECT i.item_id, k.label
    FROM known k JOIN layerscope_data.item i ON i.source_id = @source AND i.image_id = k.digest
    UNION
    SELECT c.child_id, used.label
    FROM used JOIN layerscope_data.item_child c ON c.source_id = @source AND c.item_id = used.item_id
    WHERE c.child_id IS NOT NULL
)
SELECT item_id, label FROM used ORDER BY item_id, label;

-- step: damaged
SELECT object_id FROM layerscope_data.damaged_object WHERE source_id = @source AND valid_until = 'infinity';

-- step: used_objects
-- Layers of images that an engine does not show and that a container of it uses.
SELECT DISTINCT o.object_id
FROM layerscope_data.container c
JOIN layerscope_data.item i USING (source_id, item_id)
JOIN layerscope_data.item_object o USING (source_id, item_id)
WHERE c.source_id = @source AND c.valid_until = 'infinity' AND i.is_intermediate;

-- step: orphans
SELECT store, digest, bytes, modified_at FROM layerscope_data.orphan_now WHERE source_id = @source
ORDER BY digest, store;

-- step: obstacles
-- Links of revisions that distribution's garbage collector stops at (seen on 2.8.2), with what was found: those that hold
-- no digest, and those of documents that are no manifest. A link to another digest than its folder says is followed. A
-- manifest that could be read, but not its configuration, stops nothing: more of it than its own document is known.
SELECT CASE f.kind WHEN 'invalid_link' THEN f.path
       ELSE 'repositories/' || f.repository || '/_manifests/revisions/'
            || replace(layerscope.digest_text(f.digest), ':', '/') || '/link' END, f.detail
FROM layerscope_data.storage_finding f
WHERE f.source_id = @source
  AND (f.kind = 'invalid_link' AND f.digest IS NULL AND f.path LIKE '%/\_manifests/revisions/%'
       OR f.kind = 'invalid_manifest' AND f.digest IS NOT NULL AND f.repository <> '' AND NOT EXISTS (
           SELECT FROM layerscope_data.item i
           JOIN layerscope_data.item_object USING (source_id, item_id)
           JOIN layerscope_data.object o USING (source_id, object_id)
           WHERE i.source_id = f.source_id AND i.digest = f.digest AND o.kind <> 'manifest'))
ORDER BY 1;

-- step: is_known
-- Whether everything in the source is known: always, but for registries of which not all blobs were looked at.
SELECT s.kind <> 'registry' OR EXISTS (
    SELECT FROM layerscope_data.collection_aspect a
    WHERE a.source_id = s.source_id AND a.aspect = 'blobs' AND a.outcome = 'complete' AND a.collection_id = (
        SELECT max(c.collection_id) FROM layerscope_data.collection c
        WHERE c.source_id = s.source_id AND c.scope = 'everything' AND c.observed_at IS NOT NULL))
FROM layerscope_data.source s WHERE s.source_id = @source;

-- step: held_objects
-- What is there: objects of which any bytes are left, and blobs that nothing lists.
SELECT o.store, o.space = 'blob', o.key, coalesce(o.bytes, -1), false
FROM layerscope_data.object_figure f
JOIN layerscope_data.object_now o USING (source_id, object_id)
WHERE f.source_id = @source AND NOT EXISTS (
    SELECT FROM layerscope_data.damaged_object d
    WHERE d.source_id = o.source_id AND d.object_id = o.object_id AND d.valid_until = 'infinity' AND d.bytes = 0)
UNION ALL
SELECT store, true, digest, bytes, true FROM layerscope_data.orphan_now WHERE source_id = @source;
