-- The views that people query: README.md says of each which question it answers and what its columns mean.
--
-- A view shows the latest state unless its name says history. Digests are text. What a source holds is what the
-- figures were computed of: items with a row in item_figure, objects with a row in object_figure.

-- sha256:… or sha512:… of raw bytes.
CREATE FUNCTION layerscope.digest_text(bytes bytea) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE length(bytes) WHEN 32 THEN 'sha256:' WHEN 64 THEN 'sha512:' END || encode(bytes, 'hex')
$$;

-- os/architecture[/variant], as --platform takes it.
CREATE FUNCTION layerscope.platform_text(os text, architecture text, variant text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT os || '/' || architecture || CASE WHEN variant <> '' THEN '/' || variant ELSE '' END
$$;

-- The end of a validity range; null while it lasts.
CREATE FUNCTION layerscope.ended_at(valid_until timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT nullif(valid_until, 'infinity')
$$;

-- Sources and collections ---------------------------------------------------------------------------------------------

CREATE VIEW layerscope.sources AS
SELECT s.name AS source, s.kind, s.product, s.location, s.bytes_are,
       last.started_at, last.finished_at,
       coalesce(last.is_complete, false) AS complete,
       latest.observed_at, full_run.observed_at AS complete_at,
       f.images, f.items, f.apparent_bytes, f.stored_bytes,
       round(f.apparent_bytes::numeric / nullif(f.stored_bytes, 0), 4)::float8 AS sharing_ratio,
       f.unknown_objects, f.computed_at, s.created_at AS first_seen
FROM layerscope_data.source s
LEFT JOIN layerscope_data.source_figure f USING (source_id)
LEFT JOIN LATERAL (
    SELECT c.started_at, c.finished_at, c.is_complete FROM layerscope_data.collection c
    WHERE c.source_id = s.source_id ORDER BY c.collection_id DESC LIMIT 1) last ON true
LEFT JOIN LATERAL (
    SELECT c.observed_at FROM layerscope_data.collection c
    WHERE c.source_id = s.source_id AND c.observed_at IS NOT NULL ORDER BY c.collection_id DESC LIMIT 1) latest ON true
LEFT JOIN LATERAL (
    SELECT c.observed_at FROM layerscope_data.collection c
    WHERE c.source_id = s.source_id AND c.is_complete ORDER BY c.collection_id DESC LIMIT 1) full_run ON true;

CREATE VIEW layerscope.collections AS
SELECT s.name AS source, c.collection_id AS collection, c.started_at, c.finished_at, c.observed_at,
       c.observed_at IS NOT NULL AS applied, c.is_complete AS complete, c.tool_version
FROM layerscope_data.collection c JOIN layerscope_data.source s USING (source_id);

CREATE VIEW layerscope.coverage AS
SELECT s.name AS source, a.aspect, a.outcome, a.seen, a.expected, a.detail, a.hint, c.started_at, c.finished_at,
       c.observed_at IS NOT NULL AS applied
FROM layerscope_data.source s
JOIN LATERAL (
    SELECT c.* FROM layerscope_data.collection c
    WHERE c.source_id = s.source_id ORDER BY c.collection_id DESC LIMIT 1) c ON true
JOIN layerscope_data.collection_aspect a ON a.source_id = c.source_id AND a.collection_id = c.collection_id;

CREATE VIEW layerscope.reported_figures AS
SELECT s.name AS source, f.name, f.bytes, f.note, c.observed_at
FROM layerscope_data.source s
JOIN LATERAL (
    SELECT c.* FROM layerscope_data.collection c
    WHERE c.source_id = s.source_id AND c.observed_at IS NOT NULL ORDER BY c.collection_id DESC LIMIT 1) c ON true
JOIN layerscope_data.reported_figure f ON f.source_id = c.source_id AND f.collection_id = c.collection_id;

CREATE VIEW layerscope.checks AS
SELECT s.name AS source, c.position, c.name, c.scope, c.left_bytes, c.right_bytes, c.outcome, c.note
FROM layerscope_data.figure_check c JOIN layerscope_data.source s USING (source_id);

-- Images and other items ----------------------------------------------------------------------------------------------

-- An image's tags are those of its repository that name it, or an index that it stands in, at any depth. Few images
-- stand in an index, so the way up is only looked for where there is one.
CREATE VIEW layerscope.images AS
SELECT s.name AS source, r.name AS repository,
       CASE WHEN EXISTS (
           SELECT FROM layerscope_data.item_child c WHERE c.source_id = h.source_id AND c.child_id = h.item_id)
       THEN ARRAY(
           WITH RECURSIVE above (item_id) AS (
               SELECT h.item_id
               UNION
               SELECT c.item_id FROM above
               JOIN layerscope_data.item_child c ON c.source_id = h.source_id AND c.child_id = above.item_id)
           SELECT DISTINCT t.name FROM above
           JOIN layerscope_data.reference t ON t.source_id = h.source_id AND t.item_id = above.item_id
           WHERE t.repository_id = h.repository_id AND t.kind = 'tag' AND t.valid_until = 'infinity'
           ORDER BY t.name)
       ELSE ARRAY(
           SELECT t.name FROM layerscope_data.reference t
           WHERE t.source_id = h.source_id AND t.item_id = h.item_id AND t.repository_id = h.repository_id
             AND t.kind = 'tag' AND t.valid_until = 'infinity'
           ORDER BY t.name)
       END AS tags,
       layerscope.digest_text(i.digest) AS digest, layerscope.digest_text(i.image_id) AS image_id,
       layerscope.platform_text(i.os, i.architecture, i.variant) AS platform, i.created_at, i.layers,
       f.apparent_bytes, f.stored_bytes, f.exclusive_bytes, f.shared_bytes, hf.fair_share_bytes,
       (SELECT count(*) FROM layerscope_data.container c
        WHERE c.source_id = h.source_id AND c.item_id = h.item_id AND c.valid_until = 'infinity') AS containers,
       w.kind IS NOT NULL AS dangling, w.kind AS waste,
       r.namespace, r.owner, s.bytes_are, h.valid_from AS held_since, i.is_intermediate AS intermediate,
       i.base_name, layerscope.digest_text(i.base_digest) AS base_digest, i.media_type, f.unknown_objects,
       i.labels, i.annotations
FROM layerscope_data.holding h
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.repository r USING (source_id, repository_id)
JOIN layerscope_data.item i USING (source_id, item_id)
LEFT JOIN layerscope_data.item_figure f USING (source_id, item_id)
LEFT JOIN layerscope_data.holding_figure hf USING (source_id, repository_id, item_id)
LEFT JOIN layerscope_data.waste_item w USING (source_id, item_id)
WHERE h.valid_until = 'infinity' AND i.kind = 'image';

CREATE VIEW layerscope.items AS
SELECT s.name AS source, i.kind, layerscope.digest_text(i.digest) AS digest,
       layerscope.digest_text(i.image_id) AS image_id, i.media_type, i.artifact_type,
       layerscope.platform_text(i.os, i.architecture, i.variant) AS platform, i.created_at, i.layers,
       ARRAY(SELECT r.name
             FROM layerscope_data.holding h JOIN layerscope_data.repository r USING (source_id, repository_id)
             WHERE h.source_id = i.source_id AND h.item_id = i.item_id AND h.valid_until = 'infinity'
             ORDER BY r.name) AS repositories,
       ARRAY(SELECT r.name || ':' || t.name
             FROM layerscope_data.reference t JOIN layerscope_data.repository r USING (source_id, repository_id)
             WHERE t.source_id = i.source_id AND t.item_id = i.item_id AND t.valid_until = 'infinity'
               AND t.kind <> 'digest'
             ORDER BY 1) AS tags,
       layerscope.digest_text(i.subject) AS subject_digest,
       layerscope.digest_text(i.parent) AS parent_digest, i.is_intermediate AS intermediate,
       f.apparent_bytes, f.stored_bytes, f.exclusive_bytes, f.shared_bytes, f.fair_share_bytes, f.unknown_objects,
       w.kind AS waste, i.base_name, layerscope.digest_text(i.base_digest) AS base_digest, i.store, s.bytes_are,
       i.labels, i.annotations, i.configuration
FROM layerscope_data.item_figure f
JOIN layerscope_data.item i USING (source_id, item_id)
JOIN layerscope_data.source s USING (source_id)
LEFT JOIN layerscope_data.waste_item w USING (source_id, item_id);

CREATE VIEW layerscope.item_layers AS
SELECT s.name AS source, layerscope.digest_text(i.digest) AS digest, layerscope.digest_text(i.image_id) AS image_id,
       i.kind AS item_kind, io.position,
       layerscope.digest_text(o.key) AS layer_digest, layerscope.digest_text(o.diff_id) AS diff_id, o.space, o.kind,
       o.media_type, o.bytes, o.uncompressed_bytes, coalesce(io.instruction, o.instruction) AS instruction,
       f.reference_count AS images, f.repositories, i.store
FROM layerscope_data.item_object io
JOIN layerscope_data.item_figure live USING (source_id, item_id)
JOIN layerscope_data.item i USING (source_id, item_id)
JOIN layerscope_data.object o USING (source_id, object_id)
JOIN layerscope_data.source s USING (source_id)
LEFT JOIN layerscope_data.object_figure f USING (source_id, object_id)
WHERE io.position > 0;

CREATE VIEW layerscope.item_objects AS
SELECT s.name AS source, layerscope.digest_text(i.digest) AS digest, i.kind AS item_kind, io.position, o.kind, o.space,
       layerscope.digest_text(o.key) AS object_digest, o.media_type, o.bytes, f.reference_count AS images,
       f.repositories, i.store
FROM layerscope_data.item_object io
JOIN layerscope_data.item_figure live USING (source_id, item_id)
JOIN layerscope_data.item i USING (source_id, item_id)
JOIN layerscope_data.object o USING (source_id, object_id)
JOIN layerscope_data.source s USING (source_id)
LEFT JOIN layerscope_data.object_figure f USING (source_id, object_id);

CREATE VIEW layerscope.index_children AS
SELECT s.name AS source, layerscope.digest_text(i.digest) AS digest, c.position,
       layerscope.digest_text(c.digest) AS child_digest, child.kind AS child_kind,
       layerscope.platform_text(c.os, c.architecture, c.variant) AS platform,
       NOT EXISTS (
           SELECT FROM layerscope_data.missing_child m
           WHERE m.source_id = c.source_id AND m.item_id = c.item_id AND m.position = c.position
             AND m.valid_until = 'infinity') AS present,
       f.apparent_bytes, i.store
FROM layerscope_data.item_child c
JOIN layerscope_data.item_figure live USING (source_id, item_id)
JOIN layerscope_data.item i USING (source_id, item_id)
JOIN layerscope_data.source s USING (source_id)
LEFT JOIN layerscope_data.item child ON child.source_id = c.source_id AND child.item_id = c.child_id
LEFT JOIN layerscope_data.item_figure f ON f.source_id = c.source_id AND f.item_id = c.child_id;

CREATE VIEW layerscope.tags AS
SELECT s.name AS source, r.name AS repository, t.name AS tag, t.kind, i.kind AS item_kind,
       layerscope.digest_text(i.digest) AS digest, layerscope.digest_text(i.image_id) AS image_id,
       layerscope.platform_text(i.os, i.architecture, i.variant) AS platform, i.created_at,
       t.valid_from AS tagged_at,
       f.apparent_bytes, f.stored_bytes, f.exclusive_bytes, f.shared_bytes, hf.fair_share_bytes, f.unknown_objects,
       r.namespace, r.owner, s.bytes_are, i.media_type
FROM layerscope_data.reference t
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.repository r USING (source_id, repository_id)
JOIN layerscope_data.item i USING (source_id, item_id)
LEFT JOIN layerscope_data.item_figure f USING (source_id, item_id)
LEFT JOIN layerscope_data.holding_figure hf USING (source_id, repository_id, item_id)
WHERE t.valid_until = 'infinity' AND t.kind <> 'digest';

-- Objects -------------------------------------------------------------------------------------------------------------

CREATE VIEW layerscope.objects AS
SELECT s.name AS source, layerscope.digest_text(o.key) AS digest, o.kind, o.space, o.bytes,
       f.reference_count AS images, f.repositories, o.media_type, o.store, s.bytes_are
FROM layerscope_data.object_figure f
JOIN layerscope_data.object o USING (source_id, object_id)
JOIN layerscope_data.source s USING (source_id);

CREATE VIEW layerscope.layers AS
SELECT s.name AS source, layerscope.digest_text(o.key) AS digest, layerscope.digest_text(o.diff_id) AS diff_id,
       o.bytes, o.uncompressed_bytes, f.reference_count AS images, f.repositories, o.instruction,
       o.bytes * (f.reference_count - 1) AS saved_bytes, o.space, o.media_type, o.store, s.bytes_are
FROM layerscope_data.object_figure f
JOIN layerscope_data.object o USING (source_id, object_id)
JOIN layerscope_data.source s USING (source_id)
WHERE o.kind = 'layer';

CREATE VIEW layerscope.reference_counts AS
SELECT s.name AS source, f.reference_count, count(*) AS objects, coalesce(sum(o.bytes), 0)::int8 AS bytes,
       count(*) FILTER (WHERE o.bytes IS NULL) AS unknown_objects, s.bytes_are
FROM layerscope_data.object_figure f
JOIN layerscope_data.object o USING (source_id, object_id)
JOIN layerscope_data.source s USING (source_id)
GROUP BY s.name, s.bytes_are, f.reference_count;

CREATE VIEW layerscope.duplicates AS
SELECT s.name AS source, layerscope.digest_text(d.diff_id) AS diff_id, d.copies, d.bytes, d.duplicate_bytes,
       d.unknown_objects, d.digests, d.instruction, d.store, s.bytes_are
FROM (
    SELECT o.source_id, o.store, o.diff_id, count(*) AS copies, sum(o.bytes)::int8 AS bytes,
           (sum(o.bytes) - min(o.bytes))::int8 AS duplicate_bytes,
           count(*) FILTER (WHERE o.bytes IS NULL) AS unknown_objects,
           array_agg(layerscope.digest_text(o.key) ORDER BY o.bytes, o.key) AS digests,
           (array_agg(o.instruction ORDER BY o.bytes, o.key))[1] AS instruction
    FROM layerscope_data.object_figure f
    JOIN layerscope_data.object o USING (source_id, object_id)
    WHERE o.space = 'blob' AND o.diff_id IS NOT NULL
    GROUP BY o.source_id, o.store, o.diff_id
    HAVING count(*) > 1) d
JOIN layerscope_data.source s USING (source_id);

-- Who holds the bytes -------------------------------------------------------------------------------------------------

CREATE VIEW layerscope.usage_by_source AS
SELECT s.name AS source, s.kind, s.bytes_are, f.images, f.items, f.apparent_bytes, f.stored_bytes, f.exclusive_bytes,
       f.shared_bytes, f.fair_share_bytes,
       round(f.apparent_bytes::numeric / nullif(f.stored_bytes, 0), 4)::float8 AS sharing_ratio, f.unknown_objects
FROM layerscope_data.source_figure f JOIN layerscope_data.source s USING (source_id);

CREATE VIEW layerscope.usage_by_repository AS
SELECT s.name AS source, r.name AS repository, r.namespace, r.owner, s.bytes_are, f.images, f.items, f.apparent_bytes,
       f.stored_bytes, f.exclusive_bytes, f.shared_bytes, f.fair_share_bytes,
       round(f.apparent_bytes::numeric / nullif(f.stored_bytes, 0), 4)::float8 AS sharing_ratio, f.unknown_objects
FROM layerscope_data.group_figure f
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.repository r ON r.source_id = f.source_id AND r.name = f.key
WHERE f.grouping = 'repository';

-- Compressed and unpacked bytes are never added: a namespace or owner with both has two rows.
CREATE VIEW layerscope.usage_by_namespace AS
SELECT f.key AS namespace, s.bytes_are, count(*) AS sources, sum(f.images)::int8 AS images, sum(f.items)::int8 AS items,
       sum(f.apparent_bytes)::int8 AS apparent_bytes, sum(f.stored_bytes)::int8 AS stored_bytes,
       sum(f.exclusive_bytes)::int8 AS exclusive_bytes, sum(f.shared_bytes)::int8 AS shared_bytes,
       sum(f.fair_share_bytes)::int8 AS fair_share_bytes,
       round(sum(f.apparent_bytes) / nullif(sum(f.stored_bytes), 0), 4)::float8 AS sharing_ratio,
       sum(f.unknown_objects)::int8 AS unknown_objects
FROM layerscope_data.group_figure f JOIN layerscope_data.source s USING (source_id)
WHERE f.grouping = 'namespace'
GROUP BY f.key, s.bytes_are;

CREATE VIEW layerscope.usage_by_owner AS
SELECT f.key AS owner, s.bytes_are, count(*) AS sources, sum(f.images)::int8 AS images, sum(f.items)::int8 AS items,
       sum(f.apparent_bytes)::int8 AS apparent_bytes, sum(f.stored_bytes)::int8 AS stored_bytes,
       sum(f.exclusive_bytes)::int8 AS exclusive_bytes, sum(f.shared_bytes)::int8 AS shared_bytes,
       sum(f.fair_share_bytes)::int8 AS fair_share_bytes,
       round(sum(f.apparent_bytes) / nullif(sum(f.stored_bytes), 0), 4)::float8 AS sharing_ratio,
       sum(f.unknown_objects)::int8 AS unknown_objects
FROM layerscope_data.group_figure f JOIN layerscope_data.source s USING (source_id)
WHERE f.grouping = 'owner'
GROUP BY f.key, s.bytes_are;

-- Repositories that are there, those without any image too.
CREATE VIEW layerscope.repositories AS
SELECT s.name AS source, r.name AS repository, r.namespace, r.owner, r.is_complete AS complete,
       p.valid_from AS since,
       (SELECT count(*) FROM layerscope_data.reference t
        WHERE t.source_id = r.source_id AND t.repository_id = r.repository_id AND t.kind = 'tag'
          AND t.valid_until = 'infinity') AS tags,
       coalesce(f.images, 0) AS images, coalesce(f.items, 0) AS items, coalesce(f.stored_bytes, 0) AS stored_bytes,
       coalesce(f.exclusive_bytes, 0) AS exclusive_bytes, coalesce(f.fair_share_bytes, 0) AS fair_share_bytes,
       s.bytes_are
FROM layerscope_data.repository_period p
JOIN layerscope_data.repository r USING (source_id, repository_id)
JOIN layerscope_data.source s USING (source_id)
LEFT JOIN layerscope_data.group_figure f
       ON f.source_id = r.source_id AND f.grouping = 'repository' AND f.key = r.name
WHERE p.valid_until = 'infinity';

-- Waste ---------------------------------------------------------------------------------------------------------------

CREATE VIEW layerscope.dangling AS
SELECT w.kind, s.name AS source, r.name AS repository, layerscope.digest_text(i.digest) AS digest, f.exclusive_bytes,
       CASE w.kind
           WHEN 'dangling' THEN 'it has no name, and nothing was built from it'
           WHEN 'untagged' THEN 'no tag reaches it'
           ELSE CASE WHEN i.subject IS NULL THEN 'it belongs to what is about an image that is not there'
                     ELSE 'it is about ' || layerscope.digest_text(i.subject) || ', which is not there' END
       END AS reason,
       i.kind AS item_kind, layerscope.digest_text(i.image_id) AS image_id,
       layerscope.platform_text(i.os, i.architecture, i.variant) AS platform, i.created_at,
       h.valid_from AS held_since, f.apparent_bytes, f.stored_bytes,
       (SELECT count(*) FROM layerscope_data.container c
        WHERE c.source_id = h.source_id AND c.item_id = h.item_id AND c.valid_until = 'infinity') AS containers,
       r.owner, s.bytes_are
FROM layerscope_data.waste_item w
JOIN layerscope_data.holding h USING (source_id, item_id)
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.repository r USING (source_id, repository_id)
JOIN layerscope_data.item i USING (source_id, item_id)
LEFT JOIN layerscope_data.item_figure f USING (source_id, item_id)
WHERE h.valid_until = 'infinity';

CREATE VIEW layerscope.waste AS
SELECT s.name AS source, w.kind, w.items, w.stored_bytes, w.exclusive_bytes, s.bytes_are
FROM layerscope_data.waste_figure w JOIN layerscope_data.source s USING (source_id);

-- Containers and build cache ------------------------------------------------------------------------------------------

CREATE VIEW layerscope.containers AS
SELECT s.name AS source, c.container_id, c.name, c.image_name AS image, layerscope.digest_text(i.digest) AS digest,
       c.state, c.created_at, c.writable_bytes, c.valid_from AS seen_since
FROM layerscope_data.container c
JOIN layerscope_data.source s USING (source_id)
LEFT JOIN layerscope_data.item i USING (source_id, item_id)
WHERE c.valid_until = 'infinity';

CREATE VIEW layerscope.cache_records AS
SELECT s.name AS source, c.record_id, c.record_type AS type, c.description, c.bytes, c.is_in_use AS in_use,
       c.is_shared AS shared, c.created_at, c.last_used_at, c.usage_count, c.parents
FROM layerscope_data.cache_record c
JOIN layerscope_data.source s USING (source_id)
WHERE c.valid_until = 'infinity';

-- History -------------------------------------------------------------------------------------------------------------

CREATE VIEW layerscope.tag_history AS
SELECT s.name AS source, r.name AS repository, t.name AS tag, t.kind, layerscope.digest_text(i.digest) AS digest,
       t.valid_from, layerscope.ended_at(t.valid_until) AS valid_until
FROM layerscope_data.reference t
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.repository r USING (source_id, repository_id)
JOIN layerscope_data.item i USING (source_id, item_id);

CREATE VIEW layerscope.holding_history AS
SELECT s.name AS source, r.name AS repository, i.kind AS item_kind, layerscope.digest_text(i.digest) AS digest,
       layerscope.digest_text(i.image_id) AS image_id, i.created_at, h.valid_from,
       layerscope.ended_at(h.valid_until) AS valid_until
FROM layerscope_data.holding h
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.repository r USING (source_id, repository_id)
JOIN layerscope_data.item i USING (source_id, item_id);
