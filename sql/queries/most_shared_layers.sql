-- name: most_shared_layers
-- for: user
-- question: Which layers save the most bytes by being shared?
-- parameters: $1 limit: how many
SELECT source, digest, bytes, images, repositories, saved_bytes, instruction
FROM layers
WHERE images > 1
ORDER BY saved_bytes DESC NULLS LAST, digest
LIMIT $1::int8;
