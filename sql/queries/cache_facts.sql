-- name: cache_facts
-- for: internal
-- question: Which records are in a builder's cache?
-- parameters: $1 source_id: a source's key
SELECT record_id, record_type, description, bytes, is_in_use, is_shared, created_at, last_used_at, usage_count, parents
FROM layerscope_data.cache_record
WHERE source_id = $1::int4 AND valid_until = 'infinity'
ORDER BY record_id;
