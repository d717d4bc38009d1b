-- name: inspect
-- for: internal
-- question: Which image does the user mean, what is it, and who else holds its layers?

-- step: by_tag
-- $1 the names that the repository may have text[], $2 the name with the host in front text, $3 the tag text,
-- $4 the source's name or null text
SELECT DISTINCT s.source_id, t.item_id
FROM layerscope_data.reference t
JOIN layerscope_data.repository r USING (source_id, repository_id)
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.item_figure live USING (source_id, item_id)
WHERE t.valid_until = 'infinity' AND t.kind <> 'digest' AND t.name = $3::text
  AND (r.name = ANY ($1::text[]) OR s.name || '/' || r.name = $2::text)
  AND ($4::text IS NULL OR s.name = $4::text)
ORDER BY 1, 2;

-- step: by_repository
-- The images that the repository holds, a few: one is what is meant, more are a question.
-- $1 the names that the repository may have text[], $2 the name with the host in front text,
-- $3 the source's name or null text
SELECT s.source_id, h.item_id
FROM layerscope_data.repository r
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.holding h USING (source_id, repository_id)
JOIN layerscope_data.item i USING (source_id, item_id)
WHERE h.valid_until = 'infinity' AND i.kind = 'image'
  AND (r.name = ANY ($1::text[]) OR s.name || '/' || r.name = $2::text)
  AND ($3::text IS NULL OR s.name = $3::text)
ORDER BY 1, 2
LIMIT 20;

-- step: by_digest
-- Digests and image IDs in a range: one of them, or those with a prefix.
-- $1 the first bytea, $2 the last bytea, $3 the source's name or null text
SELECT s.source_id, i.item_id
FROM layerscope_data.item i
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.item_figure live USING (source_id, item_id)
WHERE (i.digest BETWEEN $1::bytea AND $2::bytea OR i.image_id BETWEEN $1::bytea AND $2::bytea)
  AND ($3::text IS NULL OR s.name = $3::text)
ORDER BY 1, 2
LIMIT 200;

-- step: by_repository_digest
-- A repository's item by its digest or image ID, or by a digest that an engine knows it by.
-- $1 the names that the repository may have text[], $2 the name with the host in front text, $3 the digest bytea,
-- $4 the digest text, $5 the source's name or null text
SELECT s.source_id, i.item_id
FROM layerscope_data.repository r
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.holding h USING (source_id, repository_id)
JOIN layerscope_data.item i USING (source_id, item_id)
WHERE h.valid_until = 'infinity'
  AND (r.name = ANY ($1::text[]) OR s.name || '/' || r.name = $2::text)
  AND ($5::text IS NULL OR s.name = $5::text)
  AND (i.digest = $3::bytea OR i.image_id = $3::bytea OR EXISTS (
      SELECT FROM layerscope_data.reference t
      WHERE t.source_id = h.source_id AND t.repository_id = h.repository_id AND t.item_id = h.item_id
        AND t.kind = 'digest' AND t.valid_until = 'infinity' AND t.name IN ($4::text, r.name || '@' || $4::text)))
ORDER BY 1, 2;

-- step: images_below
-- The images of an index, at any depth; an image gives itself.
-- $1 source_id int4, $2 item_id int4
WITH RECURSIVE below (item_id, place) AS (
    SELECT $2::int4, 0
    UNION
    SELECT c.child_id, c.position
    FROM below JOIN layerscope_data.item_child c ON c.source_id = $1::int4 AND c.item_id = below.item_id
    WHERE c.child_id IS NOT NULL
)
SELECT DISTINCT ON (below.item_id) below.item_id
FROM below
JOIN layerscope_data.item i ON i.source_id = $1::int4 AND i.item_id = below.item_id
JOIN layerscope_data.item_figure live ON live.source_id = $1::int4 AND live.item_id = below.item_id
WHERE i.kind = 'image'
ORDER BY below.item_id;

-- step: image
-- $1 source_id int4, $2 item_id int4
SELECT s.name AS source, s.bytes_are, layerscope.digest_text(i.digest) AS digest,
       layerscope.digest_text(i.image_id) AS image_id, i.kind,
       layerscope.platform_text(i.os, i.architecture, i.variant) AS platform, i.created_at, i.configuration, i.labels,
       f.apparent_bytes, f.stored_bytes, f.exclusive_bytes, f.shared_bytes, f.fair_share_bytes, f.unknown_objects,
       ARRAY(SELECT r.name FROM layerscope_data.holding h JOIN layerscope_data.repository r USING (source_id, repository_id)
             WHERE h.source_id = i.source_id AND h.item_id = i.item_id AND h.valid_until = 'infinity'
             ORDER BY r.name) AS repositories,
       ARRAY(WITH RECURSIVE above (item_id) AS (
                 SELECT i.item_id
                 UNION
                 SELECT c.item_id FROM above
                 JOIN layerscope_data.item_child c ON c.source_id = i.source_id AND c.child_id = above.item_id)
             SELECT DISTINCT r.name || ':' || t.name FROM above
             JOIN layerscope_data.reference t ON t.source_id = i.source_id AND t.item_id = above.item_id
             JOIN layerscope_data.repository r
               ON r.source_id = t.source_id AND r.repository_id = t.repository_id
             WHERE t.kind = 'tag' AND t.valid_until = 'infinity' ORDER BY 1) AS tags,
       ARRAY(SELECT r.name || '@' || t.name
             FROM layerscope_data.reference t JOIN layerscope_data.repository r USING (source_id, repository_id)
             WHERE t.source_id = i.source_id AND t.item_id = i.item_id AND t.kind = 'digest'
               AND t.valid_until = 'infinity' ORDER BY 1) AS known_digests,
       s.kind AS source_kind,
       (SELECT count(*) FROM layerscope_data.container c
        WHERE c.source_id = i.source_id AND c.item_id = i.item_id AND c.valid_until = 'infinity') AS containers,
       w.kind AS waste
FROM layerscope_data.item i
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.item_figure f USING (source_id, item_id)
LEFT JOIN layerscope_data.waste_item w USING (source_id, item_id)
WHERE i.source_id = $1::int4 AND i.item_id = $2::int4;

-- step: layers
-- $1 source_id int4, $2 item_id int4, $3 how many holders are named int4
SELECT io.position, layerscope.digest_text(o.key) AS digest, layerscope.digest_text(o.diff_id) AS diff_id, o.bytes,
       o.uncompressed_bytes, coalesce(io.instruction, o.instruction) AS instruction,
       coalesce(f.reference_count, 0) AS images,
       ARRAY(
           SELECT coalesce(
               (SELECT min(r.name || ':' || t.name)
                FROM layerscope_data.reference t JOIN layerscope_data.repository r USING (source_id, repository_id)
                WHERE t.source_id = other.source_id AND t.item_id = other.item_id AND t.kind = 'tag'
                  AND t.valid_until = 'infinity'),
               (SELECT min(r.name || ':' || t.name)
                FROM layerscope_data.item_child c
                JOIN layerscope_data.reference t ON t.source_id = c.source_id AND t.item_id = c.item_id
                JOIN layerscope_data.repository r
                  ON r.source_id = t.source_id AND r.repository_id = t.repository_id
                WHERE c.source_id = other.source_id AND c.child_id = other.item_id AND t.kind = 'tag'
                  AND t.valid_until = 'infinity'),
               left(regexp_replace(layerscope.digest_text(other.digest), '^.*:', ''), 12))
           FROM (
               SELECT DISTINCT i.source_id, i.item_id, i.digest
               FROM layerscope_data.item_object x
               JOIN layerscope_data.item_figure live USING (source_id, item_id)
               JOIN layerscope_data.item i USING (source_id, item_id)
               WHERE x.source_id = io.source_id AND x.object_id = io.object_id AND x.item_id <> io.item_id
                 AND i.kind = 'image'
               ORDER BY i.source_id, i.item_id
               LIMIT $3::int4) other) AS holders,
       ARRAY(
           SELECT DISTINCT s.name
           FROM layerscope_data.object e
           JOIN layerscope_data.object_figure ef USING (source_id, object_id)
           JOIN layerscope_data.source s USING (source_id)
           WHERE e.diff_id = o.diff_id AND e.source_id <> o.source_id
           ORDER BY s.name) AS other_sources
FROM layerscope_data.item_object io
JOIN layerscope_data.object_now o USING (source_id, object_id)
LEFT JOIN layerscope_data.object_figure f USING (source_id, object_id)
WHERE io.source_id = $1::int4 AND io.item_id = $2::int4 AND io.position > 0
ORDER BY io.position;

-- step: known_names
-- Names that a misspelt one may have meant. $1 the source's name or null text
SELECT DISTINCT r.name
FROM layerscope_data.repository r
JOIN layerscope_data.source s USING (source_id)
WHERE r.name <> '<none>' AND ($1::text IS NULL OR s.name = $1::text)
ORDER BY 1
LIMIT 20000;
