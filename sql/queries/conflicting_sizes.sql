-- name: conflicting_sizes
-- for: internal
-- question: Which staged object has two sizes in one collection? A blob's digest fixes its size. Manifests may claim
--           what they like: a collector that sees them disagree asks the source, and a measured size stands over all
--           claims. Of a blob that is damaged, or was, two sizes may have been told: what it has and what it must have.
-- parameters: $1 source_id int4
SELECT s.key, coalesce(min(s.bytes) FILTER (WHERE s.is_measured), min(s.bytes)) AS one,
       coalesce(max(s.bytes) FILTER (WHERE s.is_measured), max(s.bytes)) AS other
FROM staged_object s
WHERE s.bytes IS NOT NULL
GROUP BY s.store, s.space, s.key
HAVING (min(s.bytes) <> max(s.bytes) AND NOT bool_or(s.is_measured)
        OR min(s.bytes) FILTER (WHERE s.is_measured) <> max(s.bytes) FILTER (WHERE s.is_measured))
   AND NOT EXISTS (
       SELECT FROM staged_damaged d WHERE d.key = s.key AND d.store = s.store AND s.space = 'blob')
   AND NOT EXISTS (
       SELECT FROM layerscope_data.damaged_object d JOIN layerscope_data.object o USING (source_id, object_id)
       WHERE d.source_id = $1::int4 AND o.key = s.key AND o.space = s.space AND o.store = s.store)
LIMIT 1;
