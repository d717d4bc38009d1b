-- name: oldest_images
-- for: user
-- question: Which images were built the longest ago? Images without a date, or with the date of reproducible builds
--           (1970 or 1980), are left out.
-- parameters: $1 limit: how many
SELECT source, repository, tags, digest, created_at, held_since, exclusive_bytes
FROM images
WHERE created_at > '1981-01-01'
ORDER BY created_at, digest
LIMIT $1::int8;
