-- name: apply_usage
-- for: internal
-- question: (none) opens and closes containers and build-cache records; a changed one is closed and opened anew
-- parameters: $1 source_id int4, $2 the collection's moment timestamptz, $3 whether all containers were seen bool,
--             $4 whether all build-cache records were seen bool

-- step: close_containers
WITH wanted AS (
    SELECT DISTINCT ON (s.container_id) s.*, i.item_id
    FROM staged_container s
    LEFT JOIN layerscope_data.item i ON i.source_id = $1::int4 AND i.digest = s.item AND i.store = ''
    ORDER BY s.container_id, s.n DESC
)
UPDATE layerscope_data.container c
SET valid_until = $2::timestamptz
WHERE c.source_id = $1::int4 AND c.valid_until = 'infinity'
  AND NOT EXISTS (
      SELECT FROM wanted w
      WHERE w.container_id = c.container_id
        AND (w.name, w.item_id, w.image_name, w.state, w.created_at, w.writable_bytes)
            IS NOT DISTINCT FROM (c.name, c.item_id, c.image_name, c.state, c.created_at, c.writable_bytes))
  AND ($3::bool OR EXISTS (SELECT FROM wanted w WHERE w.container_id = c.container_id));

-- step: open_containers
INSERT INTO layerscope_data.container (
    source_id, container_id, name, item_id, image_name, state, created_at, writable_bytes, valid_from)
SELECT DISTINCT ON (s.container_id) $1::int4, s.container_id, s.name, i.item_id, s.image_name, s.state, s.created_at,
       s.writable_bytes, $2::timestamptz
FROM staged_container s
LEFT JOIN layerscope_data.item i ON i.source_id = $1::int4 AND i.digest = s.item AND i.store = ''
WHERE NOT EXISTS (
    SELECT FROM layerscope_data.container c
    WHERE c.source_id = $1::int4 AND c.container_id = s.container_id AND c.valid_until = 'infinity')
ORDER BY s.container_id, s.n DESC;

-- step: close_records
WITH wanted AS (
    SELECT DISTINCT ON (record_id) * FROM staged_cache_record ORDER BY record_id, n DESC
)
UPDATE layerscope_data.cache_record c
SET valid_until = $2::timestamptz
WHERE c.source_id = $1::int4 AND c.valid_until = 'infinity'
  AND NOT EXISTS (
      SELECT FROM wanted w
      WHERE w.record_id = c.record_id
        AND (w.record_type, w.description, w.bytes, w.is_in_use, w.is_shared, w.created_at, w.last_used_at,
             w.usage_count, w.parents)
            IS NOT DISTINCT FROM (c.record_type, c.description, c.bytes, c.is_in_use, c.is_shared, c.created_at,
             c.last_used_at, c.usage_count, c.parents))
  AND ($4::bool OR EXISTS (SELECT FROM wanted w WHERE w.record_id = c.record_id));

-- step: open_records
INSERT INTO layerscope_data.cache_record (
    source_id, record_id, record_type, description, bytes, is_in_use, is_shared, created_at, last_used_at,
    usage_count, parents, valid_from)
SELECT DISTINCT ON (s.record_id) $1::int4, s.record_id, s.record_type, s.description, s.bytes, s.is_in_use,
       s.is_shared, s.created_at, s.last_used_at, s.usage_count, s.parents, $2::timestamptz
FROM staged_cache_record s
WHERE NOT EXISTS (
    SELECT FROM layerscope_data.cache_record c
    WHERE c.source_id = $1::int4 AND c.record_id = s.record_id AND c.valid_until = 'infinity')
ORDER BY s.record_id, s.n DESC;
