-- name: unused_images
-- for: user
-- question: Which images of engines does no container use?
SELECT i.source, i.repository, i.tags, i.digest, i.created_at, i.exclusive_bytes, i.shared_bytes
FROM images i JOIN sources s USING (source)
WHERE s.kind = 'engine' AND i.containers = 0 AND NOT i.intermediate
ORDER BY i.exclusive_bytes DESC NULLS LAST, i.source, i.repository, i.digest;
