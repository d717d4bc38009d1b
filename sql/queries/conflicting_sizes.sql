-- name: conflicting_sizes
-- for: internal
-- question: Which staged object has another size than was staged or stored before? A blob's digest fixes its size; a
--           snapshot is measured, and may be measured anew by a later collection.
-- parameters: $1 source_id int4

-- step: staged
SELECT key, min(bytes) AS one, max(bytes) AS other
FROM staged_object
WHERE bytes IS NOT NULL
GROUP BY store, space, key
HAVING min(bytes) <> max(bytes)
LIMIT 1;

-- step: stored
SELECT s.key, o.bytes AS one, s.bytes AS other
FROM staged_object s
JOIN layerscope_data.object o ON o.source_id = $1::int4 AND o.key = s.key AND o.space = s.space AND o.store = s.store
WHERE o.bytes <> s.bytes AND o.space = 'blob'
LIMIT 1;
