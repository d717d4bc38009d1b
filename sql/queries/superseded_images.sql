-- name: superseded_images
-- for: user
-- question: Which images did a tag once point to, that no tag points to now, and what does each take alone?
SELECT t.source, t.repository, string_agg(t.tag, ', ' ORDER BY t.tag) AS once_tagged, t.digest,
       max(t.linked_at) AS linked_at, i.exclusive_bytes, i.stored_bytes
FROM tag_targets t
JOIN items i ON i.source = t.source AND i.digest = t.digest AND i.store IN ('', t.repository)
WHERE t.superseded
GROUP BY t.source, t.repository, t.digest, i.exclusive_bytes, i.stored_bytes
ORDER BY i.exclusive_bytes DESC NULLS LAST, t.source, t.repository, t.digest;
