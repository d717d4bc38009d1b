-- name: biggest_images
-- for: user
-- question: Which images would free the most bytes if they went, each alone?
-- parameters: $1 limit: how many
SELECT source, repository, tags, digest, platform, exclusive_bytes, shared_bytes, apparent_bytes, containers
FROM images
ORDER BY exclusive_bytes DESC NULLS LAST, digest
LIMIT $1::int8;
