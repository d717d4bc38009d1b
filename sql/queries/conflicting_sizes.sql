-- name: conflicting_sizes
-- for: internal
-- question: Which staged object has another size than was staged or stored before? A blob's digest fixes its size; a
--           snapshot is measured, and may be measured anew by a later collection. Of a blob that is damaged, or was, two
--           sizes may have been told: what it has and what it must have.
-- parameters: $1 source_id int4

-- step: staged
SELECT s.key, min(s.bytes) AS one, max(s.bytes) AS other
FROM staged_object s
WHERE s.bytes IS NOT NULL
GROUP BY s.store, s.space, s.key
HAVING min(s.bytes) <> max(s.bytes)
   AND NOT EXISTS (
       SELECT FROM staged_damaged d WHERE d.key = s.key AND d.store = s.store AND s.space = 'blob')
   AND NOT EXISTS (
       SELECT FROM layerscope_data.damaged_object d JOIN layerscope_data.object o USING (source_id, object_id)
       WHERE d.source_id = $1::int4 AND o.key = s.key AND o.space = s.space AND o.store = s.store)
LIMIT 1;

-- step: stored
SELECT s.key, o.bytes AS one, s.bytes AS other
FROM staged_object s
JOIN layerscope_data.object o ON o.source_id = $1::int4 AND o.key = s.key AND o.space = s.space AND o.store = s.store
WHERE o.bytes <> s.bytes AND o.space = 'blob'
  AND NOT EXISTS (SELECT FROM staged_damaged d WHERE d.key = s.key AND d.store = s.store)
  AND NOT EXISTS (
      SELECT FROM layerscope_data.damaged_object d
      WHERE d.source_id = o.source_id AND d.object_id = o.object_id)
LIMIT 1;
