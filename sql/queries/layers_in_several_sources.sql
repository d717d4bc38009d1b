-- name: layers_in_several_sources
-- for: user
-- question: Which layers (by diffID, so compressed or not) are kept in more than one source?
-- parameters: $1 limit: how many
SELECT diff_id, count(DISTINCT source) AS sources, array_agg(DISTINCT source ORDER BY source) AS source_names,
       min(bytes) AS least_bytes, max(bytes) AS most_bytes, max(uncompressed_bytes) AS uncompressed_bytes,
       min(instruction) AS instruction
FROM layers
WHERE diff_id IS NOT NULL
GROUP BY diff_id
HAVING count(DISTINCT source) > 1
ORDER BY most_bytes DESC NULLS LAST, diff_id
LIMIT $1::int8;
