-- name: conflicting_sizes
-- for: internal
-- question: Which staged object has two sizes in one collection? A blob's digest fixes its size. Manifests may claim
--           what they like: a collector that sees them disagree asks the source, and a measured size stands over all
--           claims.
SELECT key, min(bytes) AS one, max(bytes) AS other
FROM staged_object
WHERE bytes IS NOT NULL
GROUP BY store, space, key
HAVING min(bytes) <> max(bytes) AND NOT bool_or(is_measured)
    OR min(bytes) FILTER (WHERE is_measured) <> max(bytes) FILTER (WHERE is_measured)
LIMIT 1;
