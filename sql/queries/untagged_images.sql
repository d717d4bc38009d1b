-- name: untagged_images
-- for: user
-- question: Which images does no tag reach, and what does each take alone?
SELECT source, repository, digest, platform, created_at, held_since, exclusive_bytes, waste, containers
FROM images
WHERE tags = '{}'
ORDER BY exclusive_bytes DESC NULLS LAST, source, repository, digest;
